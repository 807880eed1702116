import { eq, lt, sql } from 'drizzle-orm';
import { fewestPublished, monthAfter, startOf, type Month } from '../../policy/verification.ts';
import type { Orm } from '../engine/db.ts';
import { underLock } from '../engine/locks.ts';
import { verificationMonths } from '../schema/index.ts';

/**
 * Publishes a closed month: one row for each visible list, with a count only where there are five events over five certificates,
 * and none for an account that has objected (CS-46).
 * A month that has a row is published and never counted again. Answers whether it was published now; null while another instance is at it.
 */
export async function publishMonth({ orm, month }: { orm: Orm; month: Month }): Promise<boolean | null> {
  if (await isPublished(orm, month)) return false;
  return underLock({
    orm,
    name: 'certveil verification months',
    work: async (tx) => {
      if (await isPublished(tx, month)) return false;
      await tx.execute(countMonth(month));
      return true;
    },
  });
}

async function isPublished(orm: Orm, month: Month): Promise<boolean> {
  const rows = await orm
    .select({ month: verificationMonths.month })
    .from(verificationMonths)
    .where(eq(verificationMonths.month, month))
    .limit(1);
  return rows.length > 0;
}

function countMonth(month: Month) {
  const from = startOf(month).toISOString();
  const to = startOf(monthAfter(month)).toISOString();
  return sql`
    insert into verification_months (account_id, list_id, month, views, downloads)
    select l.account_id, l.id, ${month},
           case when least(n.views, n.viewed) >= ${fewestPublished} then n.views end,
           case when least(n.downloads, n.downloaded) >= ${fewestPublished} then n.downloads end
    from lists l
    left join (
      select c.list_id,
             count(*) filter (where e.kind = 'view')::integer as views,
             count(distinct e.certificate_id) filter (where e.kind = 'view')::integer as viewed,
             count(*) filter (where e.kind = 'download')::integer as downloads,
             count(distinct e.certificate_id) filter (where e.kind = 'download')::integer as downloaded
      from verification_events e
      join certificates c on c.id = e.certificate_id and c.account_id = e.account_id and c.hidden_at is null
      where e.at >= ${from}::timestamptz and e.at < ${to}::timestamptz
      group by c.list_id
    ) n on n.list_id = l.id and not exists (
      select from memberships m where m.account_id = l.account_id and m.service = 'certfusion' and m.objected_at is not null)
    where l.hidden_at is null`;
}

/** Deletes published months before a month. Answers how many rows. */
export async function deleteMonths({ orm, before }: { orm: Orm; before: Month }): Promise<number> {
  const gone = await orm
    .delete(verificationMonths)
    .where(lt(verificationMonths.month, before))
    .returning({ month: verificationMonths.month });
  return gone.length;
}
