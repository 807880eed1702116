import { notInArray } from 'drizzle-orm';
import { operatorClasses, periodOf, type OperatorPeriods } from '../../policy/retention.ts';
import type { Orm } from '../engine/db.ts';
import { retentionPeriods } from '../schema/index.ts';

/** Tells the database the operator's periods, so that nothing that is due is told. */
export async function publishPeriods({ orm, periods }: { orm: Orm; periods: OperatorPeriods }): Promise<void> {
  const rows = operatorClasses.flatMap((retentionClass) => {
    const [count, unit] = periodOf(retentionClass, periods)?.split(' ') ?? [];
    return unit === undefined ? [] : [{ retentionClass, months: Number(count) * (unit === 'years' ? 12 : 1) }];
  });
  await orm.transaction(async (tx) => {
    const named = rows.map(({ retentionClass }) => retentionClass);
    await tx.delete(retentionPeriods).where(notInArray(retentionPeriods.retentionClass, named));
    for (const { retentionClass, months } of rows)
      await tx
        .insert(retentionPeriods)
        .values({ retentionClass, months })
        .onConflictDoUpdate({ target: retentionPeriods.retentionClass, set: { months } });
  });
}
