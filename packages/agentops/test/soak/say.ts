/** Prints what a soak has measured. */
export function say(figures: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(figures)) {
    const shown = typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(3) : value;
    process.stdout.write(`  ${name}: ${typeof shown === 'object' ? JSON.stringify(shown) : shown}\n`);
  }
}
