import { sql } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import type { Orm } from '../engine/db.ts';
import type { BulkTransaction } from '../engine/bulk.ts';
import { hideRecipient } from './recipient-rights.ts';
import { hideService } from './restriction.ts';

/** Of request `r`: it keeps records hidden today (CS-44), a recipient's objection too. */
const stands = `r.effective_at is not null and r.lifted_at is null and r.status in ('in_progress', 'done')
  and (r.kind = 'restriction' or (r.kind = 'objection' and r.record_kind = 'recipient'))`;

/** Hides again what restrictions other than the one just lifted keep hidden, each under its own stamp. */
export async function hideWhatStands({ tx, accountId, service }: { tx: Orm; accountId: string; service: Service }): Promise<void> {
  const standing = await tx
    .select({ recipientId: sql<string | null>`s.record_id`, at: sql<string>`s.at` })
    .from(
      sql`(select r.record_id, r.ordinal, to_char(r.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
           from privacy_requests r where r.account_id = ${accountId} and r.service = ${service} and ${sql.raw(stands)}) s`,
    )
    .orderBy(sql`s.at`, sql`s.ordinal`);
  for (const { recipientId, at } of standing) {
    if (recipientId === null) await hideService({ tx, accountId, service, at: new Date(at) });
    else await hideRecipient({ tx, accountId, recipientId, at: new Date(at) });
  }
}

/** The stamp under which a service's records of an account come in today; null while no restriction of the service stands. */
export async function stampOfService(bulk: BulkTransaction, accountId: string, service: Service): Promise<string | null> {
  const [row] = await bulk.run<{ stamp: string | null }>(
    `select min(r.effective_at)::text as stamp from privacy_requests r
     where r.account_id = $1::uuid and r.service = $2::text and r.record_id is null and ${stands}`,
    [accountId, service],
  );
  return row?.stamp ?? null;
}

/** SQL of the addresses in account $1 whose recipient is restricted today, each with the stamp: `email_key`, `hidden_at`. */
export const restrictedAddresses = `select o.email_key, min(r.effective_at) as hidden_at
  from privacy_requests r join recipients o on o.id = r.record_id and o.account_id = r.account_id
  where r.account_id = $1::uuid and r.record_kind = 'recipient' and ${stands}
  group by o.email_key`;
