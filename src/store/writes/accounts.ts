import { and, eq, exists, gt, isNull, notExists, or } from 'drizzle-orm';
import { emailKey, isStorable } from '../../policy/text.ts';
import type { Orm } from '../db.ts';
import { accounts, memberships, passwordLinks } from '../schema/index.ts';
import { deleteSessions } from './sessions.ts';

export interface SignInRow {
  readonly accountId: string;
  readonly passwordHash: string | null;
  readonly disabled: boolean;
}

export async function findSignIn({ orm, email }: { orm: Orm; email: string }): Promise<SignInRow | null> {
  if (!isStorable(email)) return null;
  const [row] = await orm
    .select({ accountId: accounts.id, passwordHash: accounts.passwordHash, disabledAt: accounts.disabledAt })
    .from(accounts)
    .where(eq(accounts.emailKey, emailKey(email)));
  return row ? { accountId: row.accountId, passwordHash: row.passwordHash, disabled: row.disabledAt !== null } : null;
}

export interface Person {
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
}

/** An account that may sign in; null when it is disabled or gone. */
export async function findPerson({ orm, accountId }: { orm: Orm; accountId: string }): Promise<Person | null> {
  const [row] = await orm
    .select({ accountId: accounts.id, displayName: accounts.displayName, email: accounts.email })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.disabledAt)));
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
    await tx
      .update(memberships)
      .set({ lastActivityAt: now })
      .where(and(eq(memberships.accountId, accountId), eq(memberships.status, 'active')));
    await tx
      .update(accounts)
      .set({ lastActivityAt: now })
      .where(and(eq(accounts.id, accountId), or(exists(active), notExists(joined))));
  });
}

export async function isLivePasswordLink({ orm, digest, now }: { orm: Orm; digest: Uint8Array; now: Date }): Promise<boolean> {
  const found = await orm
    .select({ accountId: passwordLinks.accountId })
    .from(passwordLinks)
    .innerJoin(accounts, eq(accounts.id, passwordLinks.accountId))
    .where(and(liveLink(digest, now), isNull(accounts.disabledAt)));
  return found.length === 1;
}

interface LinkUse {
  readonly orm: Orm;
  readonly digest: Uint8Array;
  readonly passwordHash: string;
  readonly now: Date;
}

/** Uses a one-time link up, sets the password and ends every sign-in. False when the link is used, expired or unknown. */
export async function setPasswordByLink({ orm, digest, passwordHash, now }: LinkUse): Promise<boolean> {
  return orm.transaction(async (tx) => {
    const [used] = await tx
      .update(passwordLinks)
      .set({ usedAt: now })
      .where(liveLink(digest, now))
      .returning({ accountId: passwordLinks.accountId });
    if (!used) return false;
    await tx
      .update(accounts)
      .set({ passwordHash })
      .where(and(eq(accounts.id, used.accountId), isNull(accounts.disabledAt)));
    await deleteSessions({ orm: tx, accountId: used.accountId });
    return true;
  });
}

interface PasswordChange {
  readonly orm: Orm;
  readonly accountId: string;
  readonly passwordHash: string;
  /** The sign-in that stays. */
  readonly except?: Uint8Array;
}

/** Sets a password and ends the account's other sign-ins. */
export async function setPassword({ orm, accountId, passwordHash, except }: PasswordChange): Promise<void> {
  await orm.transaction(async (tx) => {
    await tx.update(accounts).set({ passwordHash }).where(eq(accounts.id, accountId));
    await deleteSessions({ orm: tx, accountId, ...(except && { except }) });
  });
}

function liveLink(digest: Uint8Array, now: Date) {
  return and(eq(passwordLinks.digest, digest), isNull(passwordLinks.usedAt), gt(passwordLinks.expiresAt, now));
}
