import { and, asc, eq, gt, lt, sql } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import { addDays, type Day } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { underLock } from '../engine/locks.ts';
import { isHeld } from './units.ts';
import { accounts, memberships } from '../schema/index.ts';
import { sweepLock } from './sweep.ts';
import type { Counted } from './sweeps.ts';

const accountsAtOnce = 200;

/** Of a service whose clock has run out: what goes at once. Records with a clock of their own stay until that has run out too. */
const goesWithService: Readonly<Record<Service, readonly string[]>> = {
  certfusion: ['quotas'],
  certumssl: ['billing_profiles', 'vetting_documents'],
};

/** What nobody could ask for any more once the last service is gone. In an order that the references allow. */
const goesWithAccount = [
  'request_steps',
  'privacy_requests',
  'external_disclosures',
  'disclosures',
  'consent_events',
  'grants',
  'apps',
  'oauth_artifacts',
  'password_links',
  'outbox',
] as const;

/** While one of these has a row of the account, its emptied row stays. */
const keepsAccount = [
  'transactions',
  'support_messages',
  'contact_messages',
  'tls_certificates',
  'tls_orders',
  'order_contacts',
  'domain_privacy',
  'domain_exposures',
  'certificates',
  'recipients',
  'lists',
  'memberships',
  'legal_holds',
] as const;

interface Ending {
  readonly orm: Orm;
  readonly service: Service;
  /** The last day of activity that is due. */
  readonly cutoff: Day;
}

function isDue({ service, cutoff }: Omit<Ending, 'orm'>) {
  const before = new Date(`${addDays(cutoff, 1)}T00:00:00Z`);
  return and(eq(memberships.service, service), lt(memberships.lastActivityAt, before));
}

const held = sql`coalesce(${memberships.accountId} in (select h.account_id from legal_holds h where h.lifted_at is null), false)`;

/** How many accounts use a service no more for so long that what it holds of them is due. */
export async function countDueServices({ orm, ...ending }: Ending): Promise<Counted> {
  const [row] = await orm
    .select({
      due: sql<number>`count(*)::integer`,
      held: sql<number>`(count(*) filter (where ${held}))::integer`,
      first: sql<Day | null>`(min((${memberships.lastActivityAt} at time zone 'UTC')::date) filter (where not ${held}))::text`,
    })
    .from(memberships)
    .where(isDue(ending));
  return row ?? { due: 0, held: 0, first: null };
}

/** Does what is of one account: false when it failed, and the other accounts go on. */
export type Attempt = (work: () => Promise<unknown>) => Promise<boolean>;

export interface EndedServices {
  readonly deleted: number;
  readonly after: string | null;
}

/**
 * Ends the next accounts' use of a service: its rows without a clock of their own, and with the last service the whole account,
 * of which an empty row stays while something must be kept (CS-51, CS-52). Null when another sweep is at it.
 */
export async function endServices({
  orm,
  service,
  cutoff,
  after,
  now,
  bury,
  attempt,
}: Ending & {
  readonly after: string | null;
  readonly now: Date;
  /** Told of each account in the transaction that ends it. */
  readonly bury: (tx: Orm, accountId: string) => Promise<void>;
  readonly attempt: Attempt;
}): Promise<EndedServices | null> {
  return underLock({
    orm,
    name: sweepLock,
    work: async (tx) => {
      await tx.execute(sql`set local statement_timeout = 0`);
      const due = await tx
        .select({ accountId: memberships.accountId })
        .from(memberships)
        .where(and(isDue({ service, cutoff }), sql`not ${held}`, after === null ? undefined : gt(memberships.accountId, after)))
        .orderBy(asc(memberships.accountId))
        .limit(accountsAtOnce)
        .for('update');
      let deleted = 0;
      for (const { accountId } of due) {
        const end = (one: Orm) => endService({ tx: one, accountId, service, now }).then(() => bury(one, accountId));
        if (await attempt(() => tx.transaction(end))) deleted += 1;
      }
      return { deleted, after: due.length < accountsAtOnce ? null : (due.at(-1)?.accountId ?? null) };
    },
  });
}

async function endService({ tx, accountId, service, now }: { tx: Orm; accountId: string; service: Service; now: Date }): Promise<void> {
  const drop = async (table: string): Promise<void> => {
    await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId}`);
  };
  for (const table of goesWithService[service]) await drop(table);
  await tx.delete(memberships).where(and(eq(memberships.accountId, accountId), eq(memberships.service, service)));
  const left = await tx.select({ service: memberships.service }).from(memberships).where(eq(memberships.accountId, accountId)).limit(1);
  if (left.length > 0) return;
  for (const table of goesWithAccount) await drop(table);
  const nothing = {
    email: '',
    emailMasked: '',
    displayName: '',
    region: null,
    phoneSealed: null,
    passwordHash: null,
    mfaSecretSealed: null,
  };
  await tx
    .update(accounts)
    .set({ ...nothing, emailKey: `erased ${accountId}`, disabledAt: now, hiddenAt: now, erasedAt: now })
    .where(eq(accounts.id, accountId));
}

/** What has nothing left to hang on: domains and lists of a service that is gone, and emptied accounts of which nothing is kept any more. */
export async function deleteLeftovers({ orm, attempt }: { orm: Orm; attempt: Attempt }): Promise<boolean> {
  const done = await underLock({
    orm,
    name: sweepLock,
    work: async (tx) => {
      const without = (service: Service) =>
        sql`not ${isHeld} and not exists (select from memberships m where m.account_id = t.account_id and m.service = ${service})`;
      for (const table of ['domain_exposures', 'domain_privacy'])
        await tx.execute(sql`delete from ${sql.identifier(table)} t where ${without('certumssl')}
          and not exists (select from tls_orders o where o.account_id = t.account_id)
          and not exists (select from tls_certificates o where o.account_id = t.account_id)`);
      const lists = sql`(select t.id from lists t where ${without('certfusion')}
        and not exists (select from recipients o where o.list_id = t.id) and not exists (select from certificates o where o.list_id = t.id))`;
      for (const table of ['verification_months', 'custom_fields'])
        await tx.execute(sql`delete from ${sql.identifier(table)} where list_id in ${lists}`);
      await tx.execute(sql`delete from lists where id in ${lists}`);
      await deleteEmptyAccounts(tx, attempt);
      return true;
    },
  });
  return done ?? false;
}

async function deleteEmptyAccounts(tx: Orm, attempt: Attempt): Promise<void> {
  const nothingOf = (tables: readonly string[]) =>
    sql.join(
      tables.map((table) => sql`and not exists (select from ${sql.identifier(table)} o where o.account_id = t.id)`),
      sql` `,
    );
  const unheld = keepsAccount.filter((table) => table !== 'legal_holds');
  const gone = await tx
    .select({ id: sql<string>`t.id` })
    .from(sql`accounts t`)
    .where(
      sql`t.erased_at is not null ${nothingOf(unheld)} and not exists (select from legal_holds h where h.account_id = t.id and h.lifted_at is null)`,
    );
  const remove = async (one: Orm, id: string): Promise<void> => {
    for (const table of [...goesWithAccount, 'legal_holds'])
      await one.execute(sql`delete from ${sql.identifier(table)} where account_id = ${id}`);
    await one.delete(accounts).where(eq(accounts.id, id));
  };
  for (const { id } of gone) await attempt(() => tx.transaction((one) => remove(one, id)));
}
