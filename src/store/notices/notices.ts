import { and, asc, desc, eq, isNull, ne, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Service } from '../../policy/classes.ts';
import { dayOf, type Clock, type Day } from '../../words/dates.ts';
import { policyVersion } from '../../policy/fields/all.ts';
import { firstEffectiveOn, noticeOf } from '../../policy/notices/notice.ts';
import { noticeSchema, type Notice } from '../../policy/notices/section.ts';
import type { OperatorPeriods } from '../../policy/retention.ts';
import type { Orm } from '../engine/db.ts';
import { registersOf } from './registers.ts';
import { memberships, notices } from '../schema/index.ts';
import { takeTurn } from '../engine/turns.ts';

export interface NoticeVersion {
  /** `1`, `2`, … */
  readonly version: string;
  readonly effectiveOn: Day;
}

export interface PublishedNotice extends NoticeVersion {
  readonly notice: Notice;
}

/** What the operator decides about notices. */
export interface NoticeSettings {
  readonly operatorAddress: string | null;
  /** The day of the first version of CertumSSL's notice, which names none itself. */
  readonly certumsslNoticeDate: Day | null;
  readonly retention: OperatorPeriods;
}

export interface Publishing extends NoticeSettings {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly services: readonly Service[];
}

const stored = z.strictObject({ policyVersion: z.string(), notice: noticeSchema });
const number = sql<number>`${notices.version}::integer`;

/**
 * Publishes each notice that differs from its latest version, with today as its effective date (CF-26, CS-59). What an older
 * version of the policy would say is never published over a newer one.
 */
export async function publishNotices(publishing: Publishing): Promise<void> {
  const { operatorAddress, retention } = publishing;
  await publishing.orm.transaction(async (tx) => {
    await takeTurn({ tx, name: 'notices' });
    const registers = await registersOf({ orm: tx });
    for (const service of publishing.services) {
      await publish(tx, publishing, noticeOf[service]({ operatorAddress, retention, ...registers }));
    }
  });
}

async function publish(tx: Orm, { clock, certumsslNoticeDate }: Publishing, notice: Notice): Promise<void> {
  const { service } = notice;
  const today = dayOf(clock());
  const [latest] = await versions(tx, service).limit(1);
  const firstDay = firstEffectiveOn[service] ?? certumsslNoticeDate;
  if (!latest) return add(tx, notice, { version: '1', effectiveOn: firstDay ?? today });
  if (latest.version === '1' && firstDay !== null && latest.effectiveOn !== firstDay) {
    await tx
      .update(notices)
      .set({ effectiveOn: firstDay })
      .where(and(eq(notices.service, service), eq(notices.version, '1')));
  }
  const before = stored.parse(JSON.parse(latest.content));
  if (before.policyVersion > policyVersion || JSON.stringify(before.notice) === JSON.stringify(notice)) return;
  await add(tx, notice, { version: String(Number(latest.version) + 1), effectiveOn: today });
}

async function add(tx: Orm, notice: Notice, version: NoticeVersion): Promise<void> {
  await tx.insert(notices).values({ service: notice.service, ...version, content: JSON.stringify({ policyVersion, notice }) });
}

function versions(orm: Orm, service: Service) {
  return orm
    .select({ version: notices.version, effectiveOn: notices.effectiveOn, content: notices.content })
    .from(notices)
    .where(eq(notices.service, service))
    .orderBy(desc(number))
    .$dynamic();
}

/** All versions of a notice, the current one first. */
export async function noticesOf({ orm, service }: { orm: Orm; service: Service }): Promise<PublishedNotice[]> {
  return (await versions(orm, service)).map(({ content, ...version }) => ({
    ...version,
    notice: stored.parse(JSON.parse(content)).notice,
  }));
}

/** The notice that holds now; null before the first is published. */
export async function currentNotice({ orm, service }: { orm: Orm; service: Service }): Promise<PublishedNotice | null> {
  const [row] = await versions(orm, service).limit(1);
  return row ? { version: row.version, effectiveOn: row.effectiveOn, notice: stored.parse(JSON.parse(row.content)).notice } : null;
}

/** The versions in force, as a consent records them: `certfusion 2, certumssl 1`. */
export async function noticeVersionsInForce({ orm }: { orm: Orm }): Promise<string | null> {
  const rows = await orm
    .select({ service: notices.service, version: sql<number>`max(${number})` })
    .from(notices)
    .groupBy(notices.service)
    .orderBy(asc(notices.service));
  return rows.length === 0 ? null : rows.map(({ service, version }) => `${service} ${version}`).join(', ');
}

export interface UnseenNotice extends NoticeVersion {
  readonly service: string;
}

/** The account's notices that have changed since its owner last said that they saw them (CS-59). */
export async function unseenNotices({ orm, accountId }: { orm: Orm; accountId: string }): Promise<UnseenNotice[]> {
  const latest = orm
    .selectDistinctOn([notices.service], { service: notices.service, version: notices.version, effectiveOn: notices.effectiveOn })
    .from(notices)
    .orderBy(notices.service, desc(number))
    .as('latest');
  return orm
    .select({ service: latest.service, version: latest.version, effectiveOn: latest.effectiveOn })
    .from(memberships)
    .innerJoin(latest, eq(latest.service, memberships.service))
    .where(
      and(
        eq(memberships.accountId, accountId),
        ne(latest.version, '1'),
        or(isNull(memberships.noticeVersion), ne(memberships.noticeVersion, latest.version)),
      ),
    )
    .orderBy(asc(latest.service));
}

/** The owner has seen this version of a notice. */
export async function noteNoticeSeen(seen: { orm: Orm; accountId: string; service: Service; version: string }): Promise<void> {
  await seen.orm
    .update(memberships)
    .set({ noticeVersion: seen.version })
    .where(and(eq(memberships.accountId, seen.accountId), eq(memberships.service, seen.service)));
}
