import { mayLeave, type DataClass } from '../../src/policy/classes.ts';
import { tables } from '../../src/policy/tables/all.ts';
import type { TablePolicy } from '../../src/policy/tables/table.ts';
import { systemClock } from '../../src/words/dates.ts';
import type { Database } from '../../src/store/engine/db.ts';
import { loadPurposeKeys, type PurposeKey } from '../../src/store/engine/purpose-keys.ts';
import { openText, placeOf } from '../../src/store/engine/sealing.ts';

/** A column that never leaves. */
export interface NeverSent {
  readonly table: string;
  readonly column: string;
  readonly dataClass: DataClass;
}

const policies: readonly (readonly [string, TablePolicy])[] = Object.entries(tables);

export const neverSentColumns: readonly NeverSent[] = policies.flatMap(([table, { columns }]) =>
  Object.entries(columns)
    .filter(([, [dataClass]]) => !mayLeave(dataClass))
    .map(([column, [dataClass]]) => ({ table, column, dataClass })),
);

/** Of these classes ids, instants and bytes are looked for; their words and folded keys stand in answers by right. */
const wordsAreCommon: readonly DataClass[] = ['internal', 'control', 'operational'];

/** Columns of the other classes that can't hold a canary in the demo, and why. A new one must have a canary or a reason. */
export const withoutCanary: Readonly<Record<string, string>> = {
  'transactions.occurred_on': 'a day, and many days stand in answers',
  'transactions.currency': 'a code of three letters',
  'verification_events.kind': 'one of two words',
  'oauth_artifacts.digest': 'written when an app connects',
  'oauth_artifacts.payload': 'written when an app connects',
  'oauth_artifacts.uid': 'written when an app connects',
  'oauth_artifacts.replay_sealed': 'written when an app connects',
  'outbox.recipient_sealed': 'written when a mail is sent',
  'outbox.content_sealed': 'written when a mail is sent',
  'grants.oidc_grant_id': 'written when an app connects',
  'rate_limits.key': 'a hash, written when something is counted',
  'disclosures.salt': 'written when an app asks',
  'external_disclosures.salt': 'written when staff record one',
  'external_disclosures.recipient': 'written when staff record one',
  'external_disclosures.gag_reason': 'written when staff record one',
  'privacy_requests.before_hash': 'written when a record is corrected',
  'privacy_requests.after_hash': 'written when a record is corrected',
};

/** Part of every text of a restricted record of the demo. */
export const hiddenCanary = 'canary-hidden';

/** Every text that must not be found in anything that leaves, in each form that it could leave in; what exists now. */
export async function canariesOf({ database, dataKey }: { database: Database; dataKey: Buffer }): Promise<string[]> {
  const found = new Set<string>([hiddenCanary]);
  for (const column of neverSentColumns) for (const text of await plantedIn({ database, dataKey, column })) found.add(text);
  return [...found];
}

/** The canaries that a text holds. */
export function canariesIn(text: string, canaries: readonly string[]): string[] {
  return canaries.filter((each) => text.includes(each));
}

interface Place {
  readonly database: Database;
  readonly dataKey: Buffer;
  readonly column: NeverSent;
}

/** The searchable texts that one column holds. */
export async function plantedIn({ database, dataKey, column: { table, column, dataClass } }: Place): Promise<string[]> {
  const type = await typeOf(database, table, column);
  if (column.endsWith('_sealed') && (await hasId(database, table))) {
    const { columns } = await loadPurposeKeys({ orm: database.orm, dataKey, clock: systemClock });
    return [...(await bytesOf(database, table, column)), ...(await sealedTexts({ database, table, column, key: columns }))];
  }
  if (type === 'bytea') return bytesOf(database, table, column);
  const values = await valuesOf(database, table, type === 'timestamp with time zone' ? instant(column) : column);
  if (type === 'uuid') return values.flatMap((value) => [value, value.replaceAll('-', '')]);
  if (type === 'timestamp with time zone') return values.flatMap((value) => [value, String(Date.parse(value))]);
  if (wordsAreCommon.includes(dataClass)) return [];
  return values.flatMap(searchable);
}

function searchable(value: string): string[] {
  const marked = value.match(/canary-[a-z_]+-[a-z_]+-\d+/g);
  if (marked) return marked;
  const distinctive = /^\$argon2|^203\.0\.113\.|^31415\d{3}$/.test(value) || value.length >= 16;
  return distinctive ? [value] : [];
}

async function typeOf(database: Database, table: string, column: string): Promise<string> {
  const [row] = await database.statement<{ data_type: string }>(
    `select data_type from information_schema.columns where table_schema = 'public' and table_name = $1 and column_name = $2`,
    [table, column],
  );
  if (!row) throw new Error(`no column ${table}.${column}`);
  return row.data_type;
}

async function hasId(database: Database, table: string): Promise<boolean> {
  const rows = await database.statement(
    `select from information_schema.columns where table_schema = 'public' and table_name = $1 and column_name = 'id'`,
    [table],
  );
  return rows.length > 0;
}

async function valuesOf(database: Database, table: string, expression: string): Promise<string[]> {
  const rows = await database.statement<{ value: string }>(
    `select distinct value from (select (${expression})::text as value from ${table}) found where value is not null`,
    [],
  );
  return rows.map(({ value }) => value);
}

function instant(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

async function bytesOf(database: Database, table: string, column: string): Promise<string[]> {
  const hex = await valuesOf(database, table, `encode(${column}, 'hex')`);
  return hex.flatMap((value) => [value, Buffer.from(value, 'hex').toString('base64'), Buffer.from(value, 'hex').toString('base64url')]);
}

async function sealedTexts(place: { database: Database; table: string; column: string; key: PurposeKey }): Promise<string[]> {
  const { database, table, column, key } = place;
  const rows = await database.statement<{ id: string; sealed: Uint8Array }>(
    `select id, ${column} as sealed from ${table} where ${column} is not null`,
    [],
  );
  return rows.flatMap(({ id, sealed }) =>
    searchable(openText(key, sealed, placeOf(`${table}.${column.replace(/_sealed$/, '')}_sealed`, id))),
  );
}
