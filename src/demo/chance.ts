/** Numbers that look random and are the same in every run. */
export interface Chance {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
  /** True in so many of a hundred cases. */
  happens(percent: number): boolean;
}

/** The mulberry32 generator; not for secrets. */
export function chanceFrom(seed: number): Chance {
  let state = seed;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return {
    below,
    pick: (values) => values[below(values.length)] ?? values[0],
    happens: (percent) => below(100) < percent,
  };
}
