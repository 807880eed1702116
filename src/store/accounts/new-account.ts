import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import type { Clock } from '../../words/dates.ts';
import { isPlausibleEmail } from '../../policy/shapes/email-address.ts';
import { cleanText, emailKey, maskEmail } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, apps, memberships } from '../schema/index.ts';
import { passwordFirstMail } from '../../policy/mail.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';
import { awaitCalls, lockApp } from '../apps/app-locks.ts';
import { queueMail } from '../mail/outbox.ts';
import { makePasswordLink } from './password-links.ts';
import { endEverySession } from './sessions.ts';

const problems = {
  email_invalid: 'This is not an e-mail address.',
  email_taken: 'An account with this e-mail address exists.',
  name_missing: 'A display name is needed.',
  service_missing: 'At least one service is needed.',
} as const;

/** Why an account was not made; the message is fixed text. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused';
  readonly code: keyof typeof problems;

  constructor(code: keyof typeof problems) {
    super(problems[code]);
    this.code = code;
  }
}

export interface NewAccount {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly email: string;
  readonly displayName: string;
  readonly services: readonly Service[];
  /** Mails the link too. */
  readonly mail?: { readonly key: PurposeKey; readonly publicUrl: string };
}

/**
 * Makes an account and a one-time link token to set its password, good for 24 hours; only the token's SHA-256 is stored.
 * @throws AccountRefused
 */
export async function addAccount({
  orm,
  clock,
  email,
  displayName,
  services,
  mail,
}: NewAccount): Promise<{ accountId: string; linkToken: string }> {
  const address = email.trim();
  const name = cleanText(displayName, 200);
  if (!isPlausibleEmail(address)) throw new AccountRefused('email_invalid');
  if (name === '') throw new AccountRefused('name_missing');
  if (services.length === 0) throw new AccountRefused('service_missing');
  const now = clock();
  return orm.transaction(async (tx) => {
    const [made] = await tx
      .insert(accounts)
      .values({
        email: address,
        emailMasked: maskEmail(address),
        emailKey: emailKey(address),
        displayName: name,
        createdAt: now,
        lastActivityAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: accounts.id });
    if (!made) throw new AccountRefused('email_taken');
    const joined = [...new Set(services)].map((service) => ({
      accountId: made.id,
      service,
      status: 'active',
      lastActivityAt: now,
      createdAt: now,
      noticeVersion: sql<string>`(select max(version::integer)::text from notices where service = ${service})`,
    }));
    await tx.insert(memberships).values(joined);
    const { token, expiresAt } = await makePasswordLink({ tx, accountId: made.id, now, kind: 'first' });
    if (mail) {
      const { key, publicUrl } = mail;
      const message = passwordFirstMail({ publicUrl, link: `${publicUrl}/password/${token}`, within: 'a day' });
      await queueMail({ tx, key, now, to: address, message, accountId: made.id, expiresAt });
    }
    return { accountId: made.id, linkToken: token };
  });
}

export interface AccountLine {
  readonly email: string;
  readonly displayName: string;
  readonly services: readonly { readonly service: string; readonly status: string }[];
  readonly disabled: boolean;
}

/** All accounts in the order of their addresses, for the operator. */
export async function listAccounts({ orm }: { orm: Orm }): Promise<AccountLine[]> {
  const rows = await orm
    .select({ id: accounts.id, email: accounts.email, displayName: accounts.displayName, disabledAt: accounts.disabledAt })
    .from(accounts)
    .orderBy(asc(accounts.emailKey));
  const joined = await orm.select().from(memberships).orderBy(asc(memberships.service));
  return rows.map(({ id, email, displayName, disabledAt }) => ({
    email,
    displayName,
    services: joined.filter((each) => each.accountId === id).map(({ service, status }) => ({ service, status })),
    disabled: disabledAt !== null,
  }));
}

/** Ends sign-in and every token of an account at once; waits for its apps' calls in flight. False when no enabled account has this address. */
export async function disableAccount({ orm, clock, email }: { orm: Orm; clock: Clock; email: string }): Promise<boolean> {
  const enabled = and(eq(accounts.emailKey, emailKey(email)), isNull(accounts.disabledAt));
  const inFlight: string[] = [];
  const disabled = await orm.transaction(async (tx) => {
    const [account] = await tx.select({ id: accounts.id }).from(accounts).where(enabled).for('no key update');
    if (!account) return false;
    const ids = await tx.select({ id: apps.id }).from(apps).where(eq(apps.accountId, account.id)).orderBy(asc(apps.id));
    for (const { id } of ids) if (!(await lockApp({ tx, appId: id }))) inFlight.push(id);
    await tx.update(accounts).set({ disabledAt: clock() }).where(enabled);
    await endEverySession({ tx, accountId: account.id });
    return true;
  });
  for (const appId of inFlight) await awaitCalls({ orm, appId });
  return disabled;
}

/** True when nobody has an account yet. */
export async function isEmpty({ orm }: { orm: Orm }): Promise<boolean> {
  return (await orm.select({ id: accounts.id }).from(accounts).limit(1)).length === 0;
}
