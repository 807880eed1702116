import type { LimitedAct, Limits } from '../http/limits.ts';

export type Spend = readonly [act: LimitedAct, key: string];

/** Spends for some work, and gives it back when one of the limits refuses or the work breaks off. @throws AppError rate_limited */
export async function spending<Result>(limits: Limits, spends: readonly Spend[], work: () => Promise<Result>): Promise<Result> {
  const spent: Spend[] = [];
  try {
    for (const each of spends) {
      await limits.demand(...each);
      spent.push(each);
    }
    return await work();
  } catch (error) {
    await Promise.allSettled(spent.map((each) => limits.refund(...each)));
    throw error;
  }
}

/** The same, but where the limit refuses nothing is done, and nobody is told. */
export async function whereWithin(limits: Limits, [act, key]: Spend, work: () => Promise<unknown>): Promise<void> {
  if (!(await limits.spend(act, key))) return;
  try {
    await work();
  } catch (error) {
    await Promise.allSettled([limits.refund(act, key)]);
    throw error;
  }
}

export type SharedAct = 'verification_page' | 'certificate_file';

/** Whoever uses up what their network has by one thing keeps a few of each other for their neighbours. */
export async function shareOf(limits: Limits, act: SharedAct, { network, of }: { network: string; of: string }): Promise<Spend> {
  return (await limits.isSpent(act, network)) ? [`${act}_each`, JSON.stringify([network, of])] : [act, network];
}
