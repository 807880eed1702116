import { createHash, randomBytes } from 'node:crypto';
import { and, count, eq, gt, inArray, isNull, lt, lte } from 'drizzle-orm';
import { passwordChangedMail, passwordResetMail } from '../../policy/mail.ts';
import { emailKey, isStorable } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { isAccountTold } from '../rules/due.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';
import { accounts, passwordLinks } from '../schema/index.ts';
import { revokeEveryApp } from '../apps/end-service.ts';
import { queueMail } from '../mail/outbox.ts';
import { endEverySession } from './sessions.ts';

const hourMs = 3_600_000;
const lifeHours = { first: 24, reset: 1 } as const;
/** So that nobody can flood an owner with mail; the newest of them still works as long as no further one is sent. */
const mostLinks = [
  { hours: 1, links: 3 },
  { hours: 24, links: 6 },
] as const;
/** As many more for a browser that the owner has signed in on: strangers can't use those up. */
const moreForKnown = 3;

interface NewLink {
  readonly tx: Orm;
  readonly accountId: string;
  readonly now: Date;
  readonly kind: keyof typeof lifeHours;
}

export interface PasswordLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/** A one-time link, 24 hours for a first password and one for a new one; only its SHA-256 is stored. Older links that end no later die. */
export async function makePasswordLink({ tx, accountId, now, kind }: NewLink): Promise<PasswordLink> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + lifeHours[kind] * hourMs);
  await tx
    .update(passwordLinks)
    .set({ usedAt: now })
    .where(and(eq(passwordLinks.accountId, accountId), isNull(passwordLinks.usedAt), lte(passwordLinks.expiresAt, expiresAt)));
  await tx.insert(passwordLinks).values({ digest: digestOf(token), accountId, createdAt: now, expiresAt });
  return { token, expiresAt };
}

export interface MailContext {
  readonly orm: Orm;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly publicUrl: string;
  readonly now: Date;
}

/** Mails a link to set a new password to the enabled account with this address, if there is one and it got fewer than three within the hour and six within the day, with a few more for a browser that its owner has signed in on. */
export async function mailResetLink({
  orm,
  key,
  publicUrl,
  now,
  email,
  isKnown,
}: MailContext & { readonly email: string; readonly isKnown: boolean }): Promise<'queued' | 'nobody' | 'too_many'> {
  if (!isStorable(email)) return 'nobody';
  return orm.transaction(async (tx) => {
    const [account] = await tx
      .select({ id: accounts.id, email: accounts.email })
      .from(accounts)
      .where(and(eq(accounts.emailKey, emailKey(email)), isNull(accounts.disabledAt), isAccountTold({ account: 'accounts.id', now })))
      .for('no key update');
    if (!account) return 'nobody';
    if (await hadTooMany({ tx, accountId: account.id, now, more: isKnown ? moreForKnown : 0 })) return 'too_many';
    const { token, expiresAt } = await makePasswordLink({ tx, accountId: account.id, now, kind: 'reset' });
    const message = passwordResetMail({ publicUrl, link: `${publicUrl}/password/${token}`, within: 'an hour' });
    await queueMail({ tx, key, now, to: account.email, message, accountId: account.id, expiresAt });
    return 'queued';
  });
}

async function hadTooMany({ tx, accountId, now, more }: Omit<NewLink, 'kind'> & { readonly more: number }): Promise<boolean> {
  for (const { hours, links } of mostLinks) {
    const since = new Date(now.getTime() - hours * hourMs);
    const [recent] = await tx
      .select({ links: count() })
      .from(passwordLinks)
      .where(and(eq(passwordLinks.accountId, accountId), gt(passwordLinks.createdAt, since)));
    if (!recent || recent.links >= links + more) return true;
  }
  return false;
}

export async function isLivePasswordLink({ orm, digest, now }: { orm: Orm; digest: Uint8Array; now: Date }): Promise<boolean> {
  const found = await orm
    .select({ accountId: passwordLinks.accountId })
    .from(passwordLinks)
    .innerJoin(accounts, eq(accounts.id, passwordLinks.accountId))
    .where(and(liveLink(digest, now), isNull(accounts.disabledAt), isAccountTold({ account: 'accounts.id', now })));
  return found.length === 1;
}

interface LinkUse extends MailContext {
  readonly digest: Uint8Array;
  readonly passwordHash: string;
  readonly revokeApps: boolean;
}

export interface LinkOwner {
  readonly accountId: string;
  readonly email: string;
}

/** Uses a one-time link up, sets the password, ends every sign-in, every other link and, where the person wants that, every app, and tells the owner. Null when the link is used, expired or unknown. */
export async function setPasswordByLink({
  orm,
  key,
  publicUrl,
  digest,
  passwordHash,
  revokeApps,
  now,
}: LinkUse): Promise<LinkOwner | null> {
  return orm.transaction(async (tx) => {
    const [used] = await tx
      .update(passwordLinks)
      .set({ usedAt: now })
      .where(liveLink(digest, now))
      .returning({ accountId: passwordLinks.accountId });
    if (!used) return null;
    const { accountId } = used;
    const owner = await changePassword({ tx, key, publicUrl, now, accountId, passwordHash });
    if (owner && revokeApps) await revokeEveryApp({ tx, accountId, now });
    return owner;
  });
}

interface PasswordChange extends MailContext {
  readonly accountId: string;
  readonly passwordHash: string;
  /** The sign-in that stays. */
  readonly except?: Uint8Array;
}

/** Sets a password, ends the account's other sign-ins and its links, and tells the owner. Null for a disabled account. */
export async function setPassword({ orm, ...change }: PasswordChange): Promise<LinkOwner | null> {
  return orm.transaction((tx) => changePassword({ tx, ...change }));
}

type Change = Omit<PasswordChange, 'orm'> & { readonly tx: Orm };

async function changePassword({ tx, key, publicUrl, now, accountId, passwordHash, except }: Change): Promise<LinkOwner | null> {
  const [account] = await tx
    .update(accounts)
    .set({ passwordHash })
    .where(and(eq(accounts.id, accountId), isNull(accounts.disabledAt)))
    .returning({ email: accounts.email });
  if (!account) return null;
  await tx
    .update(passwordLinks)
    .set({ usedAt: now })
    .where(and(eq(passwordLinks.accountId, accountId), isNull(passwordLinks.usedAt)));
  await endEverySession({ tx, accountId, ...(except && { except }) });
  await queueMail({ tx, key, now, to: account.email, message: passwordChangedMail({ publicUrl }), accountId });
  return { accountId, email: account.email };
}

/** Deletes links that ended before `before`. Answers how many. */
export async function deletePasswordLinks({ orm, before, limit }: { orm: Orm; before: Date; limit: number }): Promise<number> {
  const old = orm.select({ digest: passwordLinks.digest }).from(passwordLinks).where(lt(passwordLinks.expiresAt, before)).limit(limit);
  return (await orm.delete(passwordLinks).where(inArray(passwordLinks.digest, old)).returning({ digest: passwordLinks.digest })).length;
}

function liveLink(digest: Uint8Array, now: Date) {
  return and(eq(passwordLinks.digest, digest), isNull(passwordLinks.usedAt), gt(passwordLinks.expiresAt, now));
}

function digestOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}
