import { and, asc, eq, sql } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import { cleanText } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, memberships } from '../schema/index.ts';

interface Owner {
  readonly orm: Orm;
  readonly accountId: string;
}

export interface AccountSettings {
  readonly displayName: string;
  readonly email: string;
  readonly emailMasked: string;
  /** The wish for no mail but what the services need (CS-07). */
  readonly noContact: boolean;
  readonly services: readonly { readonly service: string; readonly status: string; readonly optedOutAt: Date | null }[];
}

export async function accountSettings({ orm, accountId }: Owner): Promise<AccountSettings | null> {
  const [account] = await orm
    .select({
      displayName: accounts.displayName,
      email: accounts.email,
      emailMasked: accounts.emailMasked,
      noContactAt: accounts.noContactAt,
    })
    .from(accounts)
    .where(eq(accounts.id, accountId));
  if (!account) return null;
  const { noContactAt, ...details } = account;
  const services = await orm
    .select({ service: memberships.service, status: memberships.status, optedOutAt: memberships.marketingOptOutAt })
    .from(memberships)
    .where(eq(memberships.accountId, accountId))
    .orderBy(asc(memberships.service));
  return { ...details, noContact: noContactAt !== null, services };
}

/** Sets an account's display name, cleaned. Null, and nothing is changed, for a name without anything that a reader sees. */
export async function renameAccount({
  tx,
  accountId,
  displayName,
}: {
  readonly tx: Orm;
  readonly accountId: string;
  readonly displayName: string;
}): Promise<{ readonly before: string; readonly after: string } | null> {
  const after = cleanText(displayName, 200).trim();
  if (after === '') return null;
  const [held] = await tx.select({ before: accounts.displayName }).from(accounts).where(eq(accounts.id, accountId)).for('no key update');
  if (!held) throw new Error('only an account is renamed');
  await tx.update(accounts).set({ displayName: after }).where(eq(accounts.id, accountId));
  return { ...held, after };
}

interface Choice extends Owner {
  readonly now: Date;
  readonly leftAlone: boolean;
}

/** Marketing of one service, effective at once (CS-33). The first day of an opt-out stays while it lasts. */
export async function setOptOut({ orm, accountId, service, now, leftAlone }: Choice & { readonly service: Service }): Promise<void> {
  const since = sql`coalesce(${memberships.marketingOptOutAt}, ${now.toISOString()}::timestamptz)`;
  await orm
    .update(memberships)
    .set({ marketingOptOutAt: leftAlone ? since : null })
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, service)));
}

/** Any mail but what the services need, effective at once (CS-07). */
export async function setNoContact({ orm, accountId, now, leftAlone }: Choice): Promise<void> {
  await orm
    .update(accounts)
    .set({ noContactAt: leftAlone ? now : null })
    .where(eq(accounts.id, accountId));
}
