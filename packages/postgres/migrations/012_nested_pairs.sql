-- Values of attributes may be maps, whose keys have dots as well, at any depth. Called for maps and lists alone: a call
-- costs more than a value.
CREATE FUNCTION agentops.identifiable(nested jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $body$
BEGIN
  IF jsonb_typeof(nested) = 'object' THEN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('key', key, 'value',
        CASE WHEN jsonb_typeof(value) IN ('object', 'array') THEN agentops.identifiable(value) ELSE value END)
        ORDER BY key COLLATE "C"), '[]')
      FROM jsonb_each(nested));
  END IF;
  IF NOT nested @? '$[*] ? (@.type() == "object" || @.type() == "array")' THEN RETURN nested; END IF;
  RETURN (SELECT jsonb_agg(
      CASE WHEN jsonb_typeof(value) IN ('object', 'array') THEN agentops.identifiable(value) ELSE value END
      ORDER BY number)
    FROM jsonb_array_elements(nested) WITH ORDINALITY AS of_list(value, number));
END
$body$;

-- A map as an array of {key, value}, and so are the maps in it.
CREATE OR REPLACE FUNCTION agentops.pairs_of(map jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('key', key, 'value',
    CASE WHEN jsonb_typeof(value) IN ('object', 'array') THEN agentops.identifiable(value) ELSE value END)
    ORDER BY key COLLATE "C"), '[]')
  FROM jsonb_each(map));
