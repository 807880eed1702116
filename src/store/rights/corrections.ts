import { and, eq, sql } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { memberships } from '../schema/index.ts';

interface Objection {
  readonly tx: Orm;
  readonly accountId: string;
  readonly service: string;
  /** Whether processing under legitimate interests stops too. */
  readonly stops: boolean;
  readonly now: Date;
}

export async function objectTo({ tx, accountId, service, stops, now }: Objection): Promise<void> {
  const at = now.toISOString();
  await tx
    .update(memberships)
    .set({
      marketingOptOutAt: sql`coalesce(${memberships.marketingOptOutAt}, ${at}::timestamptz)`,
      ...(stops && { objectedAt: sql`coalesce(${memberships.objectedAt}, ${at}::timestamptz)` }),
    })
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, service)));
}

/** Takes an objection back: what stopped for it goes on unless another objection still stands, and marketing stays off. */
export async function endObjection({ tx, accountId, service }: Pick<Objection, 'tx' | 'accountId' | 'service'>): Promise<void> {
  await tx
    .update(memberships)
    .set({ objectedAt: sql`(${standingSince({ accountId, service })})` })
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, service)));
}

/** Of an account's objections that stopped more than marketing, the first that stands. */
function standingSince({ accountId, service }: Pick<Objection, 'accountId' | 'service'>) {
  return sql`select min(r.effective_at) from privacy_requests r
    where r.account_id = ${accountId} and r.service = ${service} and r.kind = 'objection' and r.record_id is null
      and r.effective_at is not null and r.lifted_at is null and r.status in ('in_progress', 'done')
      and r.outcome -> 'stopped' <> '["marketing"]'::jsonb`;
}

export async function usesService({ tx, accountId, service }: Pick<Objection, 'tx' | 'accountId' | 'service'>): Promise<boolean> {
  const found = await tx
    .select({ service: memberships.service })
    .from(memberships)
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, service)));
  return found.length > 0;
}

export async function isActive({ orm, accountId, service }: { orm: Orm; accountId: string; service: string }): Promise<boolean> {
  const found = await orm
    .select({ service: memberships.service })
    .from(memberships)
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, service), eq(memberships.status, 'active')));
  return found.length > 0;
}
