/** Something that is measured in turns with others: `measure` runs it once and answers a number. */
export interface Rung {
  readonly name: string;
  readonly measure: () => Promise<number>;
}

/** What each rung measured, round by round, in one run. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** Every rung once a round; each round starts at another rung, so that none always runs after the same one. */
export async function interleave(rungs: readonly Rung[], rounds: number): Promise<Rounds> {
  const measured = new Map<string, number[]>(rungs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % rungs.length;
    for (const { name, measure } of [...rungs.slice(first), ...rungs.slice(0, first)]) measured.get(name)?.push(await measure());
  }
  return measured;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function medianOf(rounds: Rounds, name: string): number {
  return median(rounds.get(name) ?? []);
}

/** The median of the rounds' own ratios: what slows a whole round down cancels out. */
export function ratioOf(rounds: Rounds, name: string, base: string): number {
  const bases = rounds.get(base) ?? [];
  return median((rounds.get(name) ?? []).map((value, round) => value / (bases[round] ?? Number.NaN)));
}

/** The least and the greatest of the rounds' own ratios. */
export function ratiosOf(rounds: Rounds, name: string, base: string): { least: number; greatest: number } {
  const bases = rounds.get(base) ?? [];
  const ratios = (rounds.get(name) ?? []).map((value, round) => value / (bases[round] ?? Number.NaN));
  return { least: Math.min(...ratios), greatest: Math.max(...ratios) };
}

/** How noisy a rung was: the widest distance between rounds, as a share of the median. */
export function spreadOf(rounds: Rounds, name: string): number {
  const values = rounds.get(name) ?? [];
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Calls a second of `inFlight` callers that each call again as soon as they are answered. */
export async function perSecond(
  call: () => Promise<unknown>,
  { inFlight, seconds }: { inFlight: number; seconds: number },
): Promise<number> {
  const start = performance.now();
  const until = start + seconds * 1000;
  let calls = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      await call();
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return (calls * 1000) / (performance.now() - start);
}

/** The median time of one call in milliseconds, one after the other. */
export async function medianMs(call: () => Promise<unknown>, times: number): Promise<number> {
  const taken: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const start = performance.now();
    await call();
    taken.push(performance.now() - start);
  }
  return median(taken);
}

/** The median time in microseconds of work that doesn't wait. */
export function medianMicroseconds(work: () => unknown, { batches, times }: { batches: number; times: number }): number {
  const taken: number[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const start = performance.now();
    for (let turn = 0; turn < times; turn += 1) work();
    taken.push(((performance.now() - start) * 1000) / times);
  }
  return median(taken);
}
