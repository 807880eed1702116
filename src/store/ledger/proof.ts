import { and, asc, eq, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { disclosures, externalDisclosures } from '../schema/index.ts';

interface Owner {
  readonly orm: Orm;
  readonly accountId: string;
  /** Of today: what is kept from the person by law isn't theirs to see before (CS-39). */
  readonly today: string;
}

/** A head that signs rows of an account, with the leaves since the head before it; bytes in hexadecimal. */
export interface OwnHead {
  readonly writerId: string;
  readonly firstSeq: number;
  readonly seq: number;
  readonly before: string | null;
  readonly leaves: readonly string[];
  readonly head: string;
  readonly signature: string;
  readonly keyId: string;
  readonly signedAt: string;
}

const hexOf = (bytes: SQL) => sql<string>`encode(${bytes}, 'hex')`;
const instantOf = (at: SQL) => sql<string>`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Not kept from the person any more, or never. */
export function isTold(today: string): SQL | undefined {
  return or(isNull(externalDisclosures.gagUntil), lt(externalDisclosures.gagUntil, today));
}

/** The days of an account's rows, the first first. */
export async function ledgerDays({ orm, accountId, today }: Owner): Promise<string[]> {
  const rows = await orm
    .select({ day: sql<string>`t.day` })
    .from(
      sql`(
        select d.day from ${disclosures} d where d.account_id = ${accountId}::uuid group by d.day
        union select ${externalDisclosures.day} from ${externalDisclosures} where ${outsideOf(accountId, today)}) t`,
    )
    .orderBy(sql`t.day`);
  return rows.map(({ day }) => day);
}

/** The heads that sign the account's rows of a day. */
export async function headsOfDay({ orm, accountId, today, day }: Owner & { readonly day: string }): Promise<OwnHead[]> {
  return orm
    .select({
      writerId: sql<string>`h.writer_id`,
      firstSeq: sql<number>`(coalesce(p.seq, 0) + 1)::float8`,
      seq: sql<number>`h.seq::float8`,
      before: sql<string | null>`encode(p.head, 'hex')`,
      leaves: sql<
        string[]
      >`array(select encode(l.leaf, 'hex') from public.ledger_leaves l where l.writer_id = h.writer_id and l.seq > coalesce(p.seq, 0) and l.seq <= h.seq order by l.seq)`,
      head: hexOf(sql`h.head`),
      signature: hexOf(sql`h.signature`),
      keyId: sql<string>`h.key_id`,
      signedAt: instantOf(sql`h.signed_at`),
    })
    .from(
      sql`(
        select distinct s.* from (
          select d.writer_id, d.seq from ${disclosures} d where d.account_id = ${accountId}::uuid and d.day = ${day}::date
          union all select ${externalDisclosures.writerId}, ${externalDisclosures.seq} from ${externalDisclosures}
            where ${outsideOf(accountId, today)} and ${externalDisclosures.day} = ${day}::date) o
        cross join lateral (select * from public.ledger_heads c where c.writer_id = o.writer_id and c.seq >= o.seq order by c.seq limit 1) s) h
        left join lateral (select * from public.ledger_heads c where c.writer_id = h.writer_id and c.seq < h.seq order by c.seq desc limit 1) p on true`,
    )
    .orderBy(sql`h.signed_at, h.writer_id, h.seq`);
}

/** The account's rows of a day that tools told. */
export async function toldOfDay({ orm, accountId, day }: Omit<Owner, 'today'> & { readonly day: string }) {
  const t = disclosures;
  return orm
    .select({
      writer: t.writerId,
      seq: t.seq,
      salt: hexOf(sql`${t.salt}`),
      account_id: t.accountId,
      app_id: t.appId,
      grant_id: t.grantId,
      at: instantOf(sql`${t.at}`),
      tool: t.tool,
      purpose: t.purpose,
      field_names: t.fieldNames,
      record_count: t.recordCount,
      outcome: t.outcome,
    })
    .from(t)
    .where(and(eq(t.accountId, accountId), eq(t.day, day)))
    .orderBy(asc(t.writerId), asc(t.seq));
}

/** The account's rows of a day that stand for disclosures outside the tools, without those kept from the person. */
export async function outsideOfDay({ orm, accountId, today, day }: Owner & { readonly day: string }) {
  const t = externalDisclosures;
  return orm
    .select({
      writer: t.writerId,
      seq: t.seq,
      salt: hexOf(sql`${t.salt}`),
      account_id: t.accountId,
      gag_until: t.gagUntil,
      gag_reason: t.gagReason,
      at: instantOf(sql`${t.at}`),
      code: t.code,
      recipient: t.recipient,
      field_names: t.fieldNames,
      record_count: t.recordCount,
    })
    .from(t)
    .where(and(outsideOf(accountId, today), eq(t.day, day)))
    .orderBy(asc(t.writerId), asc(t.seq));
}

/** The head that signs the account's latest row; null before the first. */
export async function latestOwnHead({ orm, accountId, today }: Owner): Promise<Pick<OwnHead, 'head' | 'signedAt'> | null> {
  const [found] = await orm
    .select({ head: hexOf(sql`h.head`), signedAt: instantOf(sql`h.signed_at`) })
    .from(
      sql`(
        (select d.writer_id, d.seq, d.at from (
          select max(m.day) as day from public.apps a
          cross join lateral (select d.day from public.disclosures d where d.account_id = a.account_id and d.app_id = a.id order by d.day desc limit 1) m
          where a.account_id = ${accountId}::uuid) l
          join public.disclosures d on d.account_id = ${accountId}::uuid and d.day = l.day order by d.at desc, d.seq desc limit 1)
        union all
        (select ${externalDisclosures.writerId}, ${externalDisclosures.seq}, ${externalDisclosures.at} from ${externalDisclosures}
          where ${outsideOf(accountId, today)} order by ${externalDisclosures.at} desc limit 1)) o
        cross join lateral (select * from public.ledger_heads c where c.writer_id = o.writer_id and c.seq >= o.seq order by c.seq limit 1) h`,
    )
    .orderBy(sql`o.at desc`)
    .limit(1);
  return found ?? null;
}

function outsideOf(accountId: string, today: string): SQL | undefined {
  return and(eq(externalDisclosures.accountId, accountId), isTold(today));
}
