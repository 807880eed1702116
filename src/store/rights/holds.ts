import { and, eq, inArray, isNull } from 'drizzle-orm';
import { emailKey } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, legalHolds } from '../schema/index.ts';

interface Named {
  readonly orm: Orm;
  readonly email: string;
  readonly now: Date;
}

/** Keeps everything of an account from deletion. False when there is no such account. */
export async function placeHold({ orm, email, reason, now }: Named & { readonly reason: string }): Promise<boolean> {
  const [account] = await orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.emailKey, emailKey(email)));
  if (!account) return false;
  await orm.insert(legalHolds).values({ accountId: account.id, reason, placedAt: now });
  return true;
}

/** Lifts every hold of an account. Answers how many. */
export async function liftHolds({ orm, email, now }: Named): Promise<number> {
  const account = orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.emailKey, emailKey(email)));
  const lifted = await orm
    .update(legalHolds)
    .set({ liftedAt: now })
    .where(and(inArray(legalHolds.accountId, account), isNull(legalHolds.liftedAt)))
    .returning({ id: legalHolds.id });
  return lifted.length;
}
