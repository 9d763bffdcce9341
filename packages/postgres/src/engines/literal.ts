/** A text as SQL. Backslashes mean one only in the E form, which does not depend on how the server is set up. */
export function literal(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
