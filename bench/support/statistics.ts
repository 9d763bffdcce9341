/** A figure over all rounds: its middle value, and the quartiles, between which half of the rounds lie. */
export interface Figure {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Works `formula` out for each round, from what every sample says of that round. */
export function overRounds(
  samples: readonly (readonly number[])[],
  formula: (...values: number[]) => number,
): Figure {
  const rounds = Math.min(...samples.map((sample) => sample.length));
  const values = Array.from({ length: rounds }, (_, round) =>
    formula(...samples.map((sample) => at(sample, round))),
  ).sort((a, b) => a - b);
  const quantile = (part: number): number => at(values, Math.round(part * (rounds - 1)));
  return { median: quantile(0.5), lower: quantile(0.25), upper: quantile(0.75) };
}

/** What `formula` makes of the least of each sample. */
export function ofLeast(
  samples: readonly (readonly number[])[],
  formula: (...values: number[]) => number,
): number {
  return formula(...samples.map((sample) => Math.min(...sample)));
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value ${index} in a sample of ${values.length}`);
  return value;
}
