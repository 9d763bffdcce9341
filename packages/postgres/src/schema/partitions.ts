import { type Engine, transact } from '../engines/engine.ts';
import { codeOf } from '../errors.ts';
import { hasTable } from './tables.ts';

/** A partition has some of the values of the new one already. */
const OVERLAP = '42P17';

/** The partitions of `spans`, made when a day first needs one and remembered for the life of the process. */
export class Partitions {
  readonly #engine: Engine;
  readonly #ensured = new Map<string, Promise<void>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Resolves once every one of `days` (`YYYY-MM-DD`) has its partition. */
  async ensure(days: Iterable<string>): Promise<void> {
    const firsts = new Set(
      Array.from(days, (day) => (this.#engine.partitionBy === 'day' ? day : `${day.slice(0, 7)}-01`)),
    );
    await Promise.all(Array.from(firsts, (first) => this.#ensureOne(first)));
  }

  /** Forgets what it knows: somebody else may have dropped a partition. */
  forget(): void {
    this.#ensured.clear();
  }

  #ensureOne(first: string): Promise<void> {
    let ensured = this.#ensured.get(first);
    if (!ensured) {
      ensured = this.#create(first);
      ensured.catch(() => this.#ensured.delete(first));
      this.#ensured.set(first, ensured);
    }
    return ensured;
  }

  async #create(first: string): Promise<void> {
    const { partitionBy } = this.#engine;
    const name = `spans_${first.slice(0, partitionBy === 'day' ? 10 : 7).replaceAll('-', '_')}`;
    if (await hasTable(this.#engine, name)) return;
    const made = transact(this.#engine, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`agentops ${name}`]);
      if (await hasTable(tx, name)) return;
      // ATTACH lets writes to other partitions go on; CREATE … PARTITION OF would lock them all out.
      // Apart, since Citus hands a statement on to its workers by the text it came in.
      await tx.exec(`CREATE TABLE agentops.${name} (LIKE agentops.spans INCLUDING DEFAULTS)`);
      const [owner] = await tx.query<{ name: string }>(OTHER_OWNER);
      if (owner !== undefined) await tx.exec(`ALTER TABLE agentops.${name} OWNER TO ${owner.name}`);
      await tx.exec(`
        ALTER TABLE agentops.spans ATTACH PARTITION agentops.${name}
          FOR VALUES FROM ('${first}') TO ('${first}'::date + interval '1 ${partitionBy}')
      `);
    });
    await made.catch((error: unknown) => {
      // A database that was the embedded one before has months, which hold their days.
      if (partitionBy !== 'day' || codeOf(error) !== OVERLAP) throw error;
    });
  }
}

/** Who owns `spans`, where that is another role, and one that a table can be given to: whoever may drop one may drop all. */
const OTHER_OWNER = `
  SELECT quote_ident(tableowner) AS name FROM pg_tables
  WHERE (schemaname, tablename) = ('agentops', 'spans') AND tableowner <> current_user
    AND pg_has_role(tableowner, 'MEMBER') AND has_schema_privilege(tableowner, schemaname, 'CREATE')`;
