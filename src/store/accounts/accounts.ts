import { and, eq, exists, inArray, isNull, notExists, or, sql } from 'drizzle-orm';
import { emailKey, isStorable } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { isAccountTold, isTold } from '../rules/due.ts';
import { accounts, memberships } from '../schema/index.ts';

export interface SignInRow {
  readonly accountId: string;
  readonly passwordHash: string | null;
  readonly disabled: boolean;
  /** How often sign-ins of the account were ended, before the password is looked at. */
  readonly endings: number;
}

/** An account that is due is nobody's any more, deleted or not. */
export async function findSignIn({ orm, email, now }: { orm: Orm; email: string; now: Date }): Promise<SignInRow | null> {
  if (!isStorable(email)) return null;
  const [row] = await orm
    .select({
      accountId: accounts.id,
      passwordHash: accounts.passwordHash,
      disabledAt: accounts.disabledAt,
      endings: accounts.signInsEnded,
    })
    .from(accounts)
    .where(and(eq(accounts.emailKey, emailKey(email)), isAccountTold({ account: 'accounts.id', now })));
  if (!row) return null;
  const { disabledAt, ...rest } = row;
  return { ...rest, disabled: disabledAt !== null };
}

export interface Person {
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
  /** Every service that they have used is deactivated (CS-32). */
  readonly isDeactivated: boolean;
}

/** An account that may sign in; null when it is disabled, due or gone. */
export async function findPerson({ orm, accountId, now }: { orm: Orm; accountId: string; now: Date }): Promise<Person | null> {
  const [row] = await orm
    .select({
      accountId: accounts.id,
      displayName: accounts.displayName,
      email: accounts.email,
      isDeactivated: sql<boolean>`(select coalesce(bool_and(m.status = 'deactivated' or not (${isTold({ table: 'memberships', row: 'm', now })})), false) from ${memberships} m where m.account_id = ${accountId})`,
    })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.disabledAt), isAccountTold({ account: 'accounts.id', now })));
  return row ?? null;
}

/** A person did something: their clocks of last activity move, but not those of a cancelled service (CS-32, CS-51). */
export async function recordActivity({ orm, accountId, now }: { orm: Orm; accountId: string; now: Date }): Promise<void> {
  await orm.transaction(async (tx) => {
    const joined = tx.select({ service: memberships.service }).from(memberships).where(eq(memberships.accountId, accountId));
    const active = tx
      .select({ service: memberships.service })
      .from(memberships)
      .where(and(eq(memberships.accountId, accountId), eq(memberships.status, 'active')));
    const mine = and(
      eq(memberships.accountId, accountId),
      eq(memberships.status, 'active'),
      isTold({ table: 'memberships', row: 'memberships', now }),
    );
    const free = await tx.select({ service: memberships.service }).from(memberships).where(mine).for('no key update', { skipLocked: true });
    const services = free.map(({ service }) => service);
    if (services.length > 0)
      await tx
        .update(memberships)
        .set({ lastActivityAt: now })
        .where(and(mine, inArray(memberships.service, services)));
    await tx
      .update(accounts)
      .set({ lastActivityAt: now })
      .where(and(eq(accounts.id, accountId), or(exists(active), notExists(joined))));
  });
}
