import { sql, type SQL } from 'drizzle-orm';
import { namesOf } from '../../policy/domains.ts';
import { shownNumber } from '../../policy/shapes/public-number.ts';
import { isShown, shown, shownVersion } from '../../policy/shapes/shown.ts';
import { emailTermsOf, nameKey, termsOf } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { certificates, lists, recipients, tlsCertificates } from '../schema/index.ts';
import { shownSetting } from './index-sql.ts';

interface Indexing {
  readonly tx: Orm;
  /** Of one account, whose imports are locked. */
  readonly where: SQL | undefined;
}

/** What this transaction writes is indexed by what this version shows. */
export async function beginIndexing(tx: Orm): Promise<void> {
  await tx.execute(sql`select set_config(${shownSetting}, ${String(shownVersion)}, true)`);
}

/** Gives recipients the order and the search words of what is shown of them, where theirs are others. */
export async function indexRecipients({ tx, where }: Indexing): Promise<void> {
  const terms = sql<string[]>`array(select t.source || ':' || t.term from recipient_terms t where t.recipient_id = recipients.id)`;
  const { id, name, email, identityKey } = recipients;
  const rows = await tx
    .select({ id, name, email, key: recipients.nameKey, identityKey, terms, ordered: isOrderedAsIndexed })
    .from(recipients)
    .where(where)
    .orderBy(recipients.createdAt, recipients.id);
  const changed = rows.flatMap((row) => {
    const told = shown(row.name, { address: row.email });
    const identity = row.identityKey ?? row.key;
    const wanted = { id: row.id, key: nameKey(told), identity, words: wordsOf({ name: termsOf(told), email: emailTermsOf(row.email) }) };
    const isAsWanted = row.ordered && row.key === wanted.key && row.identityKey === (identity === wanted.key ? null : identity);
    return isAsWanted && isSame(row.terms, wanted.words) ? [] : [wanted];
  });
  if (changed.length === 0) return;
  const given = sql`json_to_recordset(${JSON.stringify(changed.map((each, at) => ({ ...each, at })))}::json)
    c (at integer, id uuid, key text collate "C", identity text collate "C", words json)`;
  await tx.execute(sql`select r.id from recipients r join ${given} on c.id = r.id order by r.id for update of r`);
  await tx.execute(
    sql`update recipients r set name_key = n.key, identity_key = nullif(n.identity, n.key), name_rank = n.rank
        from (
          select c.id, c.key, c.identity, case when o.name_key = c.key then o.name_rank
                 else coalesce(last.name_rank, 0) + row_number() over (partition by c.key, o.name_key = c.key order by c.at) end as rank
          from ${given} join recipients o on o.id = c.id
          left join lateral (
            select l.name_rank from recipients l where l.account_id = o.account_id and l.name_key = c.key order by l.name_rank desc limit 1
          ) last on true
        ) n where r.id = n.id and (r.name_key <> n.key or r.identity_key is distinct from nullif(n.identity, n.key))`,
  );
  await tx.execute(sql`delete from recipient_terms t using ${given} where t.recipient_id = c.id`);
  await tx.execute(
    sql`insert into recipient_terms (account_id, term, name_key, name_rank, source, recipient_id, hidden_at)
        select r.account_id, w.term, r.name_key, r.name_rank, w.source, r.id, r.hidden_at
        from ${given} join recipients r on r.id = c.id
        cross join lateral json_to_recordset(c.words) w (source text collate "C", term text collate "C")`,
  );
}

/** The words of a recipient stand under another name than the recipient, as an import that didn't see the change leaves them. */
const isOrderedAsIndexed = sql<boolean>`not exists (select from recipient_terms t
  where t.recipient_id = recipients.id and (t.name_key, t.name_rank) is distinct from (recipients.name_key, recipients.name_rank))`;

/** The same for certificates: words of the title, of the number and of the recipient's name. */
export async function indexCertificates({ tx, where }: Indexing): Promise<void> {
  const terms = sql<string[]>`array(select t.source || ':' || t.term from certificate_terms t where t.certificate_id = certificates.id)`;
  const { id, title, publicNumber } = certificates;
  const rows = await tx
    .select({ id, title, publicNumber, name: recipients.name, address: recipients.email, terms })
    .from(certificates)
    .innerJoin(recipients, sql`${recipients.id} = ${certificates.recipientId}`)
    .where(where);
  const changed = rows.flatMap(({ id: certificate, title: text, publicNumber: number, name, address, terms: indexed }) => {
    const words = wordsOf({
      title: termsOf(shown(text, { address })),
      recipient_name: termsOf(shown(name, { address })),
      public_number: termsOf(shownNumber(number)),
    });
    return isSame(indexed, words) ? [] : [{ id: certificate, words }];
  });
  if (changed.length === 0) return;
  const given = sql`json_to_recordset(${JSON.stringify(changed)}::json) c (id uuid, words json)`;
  await tx.execute(sql`select x.id from certificates x join ${given} on c.id = x.id order by x.id for update of x`);
  await tx.execute(sql`delete from certificate_terms t using ${given} where t.certificate_id = c.id`);
  await tx.execute(
    sql`insert into certificate_terms (account_id, term, issued_on, public_number, source, certificate_id, hidden_at)
        select x.account_id, w.term, x.issued_on, x.public_number, w.source, x.id, x.hidden_at
        from ${given} join certificates x on x.id = c.id
        cross join lateral json_to_recordset(c.words) w (source text collate "C", term text collate "C")`,
  );
}

/** A list's order: what is shown of its name and, where that isn't all of it, a number, so that no tie is broken by the rest. */
export async function indexLists({ tx, where }: Indexing): Promise<void> {
  const rows = await tx
    .select({ id: lists.id, name: lists.name, key: lists.nameKey })
    .from(lists)
    .where(where)
    .orderBy(lists.createdOn, lists.id)
    .for('update');
  const last = new Map<string, number>();
  for (const { key } of rows) {
    const [base = '', number = '0'] = key.split(numbered);
    last.set(base, Math.max(last.get(base) ?? 0, Number(number)));
  }
  for (const { id, name, key } of rows) {
    const wanted = nameKey(shown(name));
    const [base, number] = key.split(numbered);
    if (base === wanted && (number === undefined) === isShown(name)) continue;
    const next = (last.get(wanted) ?? 0) + 1;
    last.set(wanted, next);
    const nameKeyNow = isShown(name) ? wanted : `${wanted}${numbered}${String(next).padStart(6, '0')}`;
    await tx
      .update(lists)
      .set({ nameKey: nameKeyNow })
      .where(sql`${lists.id} = ${id}`);
  }
}

/** No folded text holds a control character. */
const numbered = '\u0001';

/** The names that find TLS certificates: those that are shown. */
export async function indexTlsNames({ tx, where }: Indexing): Promise<void> {
  const { id, commonName, dnsNames } = tlsCertificates;
  const indexed = sql<string[]>`array(select n.name from tls_names n where n.certificate_id = tls_certificates.id)`;
  const rows = await tx.select({ id, commonName, dnsNames, indexed }).from(tlsCertificates).where(where);
  const changed = rows.map((row) => ({ ...row, names: namesOf(row) })).filter((row) => !isSame(row.indexed, row.names));
  if (changed.length === 0) return;
  const given = sql`json_to_recordset(${JSON.stringify(changed.map((row) => ({ id: row.id, names: row.names })))}::json) c (id uuid, names text[])`;
  await tx.execute(sql`select x.id from tls_certificates x join ${given} on c.id = x.id order by x.id for update of x`);
  await tx.execute(sql`delete from tls_names n using ${given} where n.certificate_id = c.id`);
  await tx.execute(
    sql`insert into tls_names (account_id, name, valid_until, serial_key, certificate_id, hidden_at)
        select x.account_id, n.name collate "C", x.valid_until, x.serial_key, x.id, x.hidden_at
        from ${given} join tls_certificates x on x.id = c.id cross join lateral unnest(c.names) n (name)`,
  );
}

interface Word {
  readonly source: string;
  readonly term: string;
}

function wordsOf(sources: Readonly<Record<string, readonly string[]>>): Word[] {
  return Object.entries(sources).flatMap(([source, terms]) => terms.map((term) => ({ source, term })));
}

function isSame(indexed: readonly string[], wanted: readonly (Word | string)[]): boolean {
  const stored = new Set(indexed);
  return (
    stored.size === wanted.length && wanted.every((each) => stored.has(typeof each === 'string' ? each : `${each.source}:${each.term}`))
  );
}
