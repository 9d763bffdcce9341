/** Comments, texts, names in quotes, bodies between dollars: whatever a semicolon does not end a statement in. */
const ATOM = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$|;|[^-/'"$;]+|[-/$]/g;

/** The statements of an SQL script, each with its semicolon and the comments before it. */
export function statementsOf(sql: string): string[] {
  const statements: string[] = [];
  let statement = '';
  for (const [atom] of sql.matchAll(ATOM)) {
    statement += atom;
    if (atom !== ';') continue;
    statements.push(statement.trim());
    statement = '';
  }
  const rest = statement.trim();
  return rest.replaceAll(/--.*/g, '').trim() === '' ? statements : [...statements, rest];
}
