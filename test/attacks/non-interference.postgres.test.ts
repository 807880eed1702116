import fc from 'fast-check';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/disclosure/callers.ts';
import type { Gate } from '../../src/disclosure/gate.ts';
import { dayOf } from '../../src/words/dates.ts';
import { allScopes, scopes, type Scope } from '../../src/policy/scopes.ts';
import { tools } from '../../src/tools/index.ts';
import { asSuperuser, storedColumns } from '../support/database-columns.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { callerWith, openGate } from '../support/gate.ts';
import { ledgerRows } from '../support/ledger-rows.ts';
import { HandleOf, randomCalls, type RandomCall } from '../support/random-calls.ts';
import { readerRole } from '../support/roles.ts';
import { issueToken, type IssuedToken } from '../support/tokens.ts';
import { isNeverSent, kept, vary } from '../support/vary.ts';

const now = new Date();
const clock = () => now;
const ticked = allScopes.filter((scope) => scopes[scope].ticked);

/** Mistakes that this test is there for: each is planted in both databases. */
const faults: readonly Fault[] = [
  {
    fault: 'searches e-mails that were not granted',
    read: 'read_recipients',
    from: 'where s.field = any (g.accepted_fields) and s.scope = any (g.scopes)',
    to: '',
    tool: 'search_recipients',
    input: 'query',
  },
  {
    fault: 'tells the beginning of a verification code as a description',
    read: 'read_certificate_summary',
    from: 'c.description',
    to: 'left(c.verification_code::text, 4)',
    open: `grant select (verification_code) on certificates to ${readerRole}`,
    close: `revoke select (verification_code) on certificates from ${readerRole}`,
    tool: 'get_certificate_summary',
    input: 'public_number',
  },
  {
    fault: 'sorts by ids',
    read: 'read_tls_orders',
    from: 'order by o.ordered_on desc, o.order_number desc',
    to: 'order by o.id',
    tool: 'list_tls_orders',
    input: null,
  },
  {
    fault: 'reads whatever account there is',
    read: 'read_tls_orders',
    from: 'where o.account_id = $1 and',
    to: 'where',
    open: 'alter table tls_orders disable row level security',
    close: 'alter table tls_orders enable row level security',
    tool: 'list_tls_orders',
    input: null,
  },
];

interface Fault {
  readonly fault: string;
  readonly read: string;
  readonly from: string;
  readonly to: string;
  readonly open?: string;
  readonly close?: string;
  readonly tool: string;
  /** Which argument takes the words. */
  readonly input: string | null;
}

/** One of two databases, as an app of one account sees it. */
interface Side {
  readonly opened: TestDatabase;
  readonly gate: Gate;
  readonly caller: Caller;
  readonly token: IssuedToken;
  /** The handles that the app was given, by kind, in the order of their coming. */
  readonly handles: Map<string, string[]>;
}

describe('two databases that differ only in what may not leave (BR-03, CF-12 to CF-16)', () => {
  let original: TestDatabase;
  const variations = new Map<string, Promise<TestDatabase>>();
  let words: string[];

  beforeAll(async () => {
    original = await withOtherApp();
    const varied = await variedFor(allScopes);
    words = [...new Set([...(await wordsOf(original)), ...(await wordsOf(varied)), ...everydayWords])];
  });
  afterAll(async () => {
    for (const opened of [original, ...(await Promise.all(variations.values()))]) await opened.close();
  });

  /** The demo, in which Ada has another app too. */
  async function withOtherApp(): Promise<TestDatabase> {
    const opened = await openTestDatabase({ demo: true, connections: 2 });
    await issueToken(opened.database, { email: 'ada@example.com', now });
    return opened;
  }

  async function idOf({ database }: TestDatabase): Promise<string> {
    const [row] = await database.statement<{ id: string }>(`select id from accounts where email = 'ada@example.com'`, []);
    return row?.id ?? '';
  }

  /** Its counterpart for an app with these scopes. */
  async function variedFor(granted: readonly Scope[]): Promise<TestDatabase> {
    const made = variations.get(granted.join()) ?? makeVaried(granted);
    variations.set(granted.join(), made);
    return made;
  }

  async function makeVaried(granted: readonly Scope[]): Promise<TestDatabase> {
    const opened = await withOtherApp();
    await vary({ adminUrl: opened.adminUrl, account: await idOf(opened), scopes: granted });
    return opened;
  }

  async function sideOf(opened: TestDatabase, granted: readonly Scope[]): Promise<Side> {
    const { database } = opened;
    const [row] = await database.statement<{ email: string }>(`select email from accounts where email like 'a%@example.com'`, []);
    const token = await issueToken(database, { email: row?.email ?? '', scopes: granted, now });
    const gate = await openGate({ database, clock, url: 'http://localhost' }, { tools });
    return { opened, gate, token, caller: await callerWith({ database, clock }, token.digest), handles: new Map() };
  }

  /** What an app with these scopes is told in each, and what the ledgers say then; it leaves nothing behind. */
  async function told(granted: readonly Scope[], calls: readonly RandomCall[]): Promise<readonly string[][]> {
    const both = [original, await variedFor(granted)];
    const sides = await Promise.all(both.map((each) => sideOf(each, granted)));
    const transcripts = await Promise.all(sides.map((side) => play(side, [...eachTool, ...calls])));
    await Promise.all(sides.map(forget));
    return transcripts;
  }

  async function isUntold(granted: readonly Scope[], calls: readonly RandomCall[]): Promise<void> {
    const [answers, others] = await told(granted, calls);
    expect(others).toEqual(answers);
    const answered = answers?.filter((line) => !line.includes('{"error"')) ?? [];
    expect(answered.length).toBeGreaterThan(granted.length * 5);
  }

  const holds = (granted: fc.Arbitrary<readonly Scope[]>, numRuns: number) =>
    fc.assert(fc.asyncProperty(granted, randomCalls(tools, { words, today: dayOf(now) }, 80), isUntold), {
      seed: 20_261_122,
      numRuns,
      endOnFailure: true,
    });

  it('are told apart by no answer and no ledger row of an app with every scope', () => holds(fc.constant(allScopes), 1));
  it('nor of one with the scopes that are ticked at first', () => holds(fc.constant(ticked), 1));
  it('nor of one with any three of them', () => holds(fc.subarray([...allScopes], { minLength: 3, maxLength: 3 }), 2));

  it('differ in every never-sent column that holds anything, a new one too', async () => {
    const columns = await asSuperuser(original.adminUrl, storedColumns);
    // Where half of the flags are up, half are up when all have changed.
    const looked = columns.filter((each) => isNeverSent(each) && each.type !== 'boolean' && !(`${each.table}.${each.column}` in kept));
    const [before, after] = await Promise.all(
      [original, await variedFor(allScopes)].map(({ adminUrl }) => asSuperuser(adminUrl, (admin) => contentsOf(admin, looked))),
    );
    const same = looked.filter((_, at) => before?.[at] !== null && before?.[at] === after?.[at]);
    expect(same.map(({ table, column }) => `${table}.${column}`)).toEqual([]);
    expect(before?.filter((each) => each !== null).length).toBeGreaterThan(80);
  });

  it.each(faults)('would be told apart by a read that $fault', async ({ read, from, to, open = '', close = '', tool, input }) => {
    const both = [original, await variedFor(ticked)];
    const [sound = ''] = await Promise.all(
      both.map(({ adminUrl }) =>
        asSuperuser(adminUrl, async (admin) => {
          const [row] = await admin<{ text: string }[]>`select pg_get_functiondef(oid) as text from pg_proc where proname = ${read}`;
          expect(row?.text).toContain(from);
          await admin.unsafe(`${open};${row?.text.replace(from, () => to)}`);
          return row?.text;
        }),
      ),
    );
    const given = input === null ? [{}] : words.map((word) => ({ [input]: word }));
    const [answers, others] = await told(
      ticked,
      given.map((each) => ({ tool, input: each, pages: 1 })),
    );
    for (const { adminUrl } of both) await asSuperuser(adminUrl, (admin) => admin.unsafe(`${close};${sound}`));
    expect(others).not.toEqual(answers);
  });
});

async function play(side: Side, calls: readonly RandomCall[]): Promise<string[]> {
  const transcript: string[] = [];
  for (const { tool, input, pages } of calls) {
    let given = withHandles(input, side);
    for (let page = 0; page < pages; page += 1) {
      const { text, structured } = await side.gate.disclose(side.caller, tool, given);
      transcript.push(`${tool} ${JSON.stringify(input)} ${page}: ${aside(text, side)}`);
      const cursor = structured?.['next_cursor'];
      if (typeof cursor !== 'string') break;
      given = { ...given, cursor };
    }
  }
  return [...transcript, ...(await ledgerRows(side.opened)).map((row) => JSON.stringify(row))];
}

/** Each tool once as it stands, so that there are handles to name. */
const eachTool: readonly RandomCall[] = tools.map(({ name, input }) => ({
  tool: name,
  input: 'limit' in input.shape ? { limit: 50 } : {},
  pages: 1,
}));

function withHandles(input: Readonly<Record<string, unknown>>, { handles }: Side): Record<string, unknown> {
  const entries = Object.entries(input).map(([name, value]) => {
    if (!(value instanceof HandleOf)) return [name, value] as const;
    const given = handles.get(value.kind) ?? [];
    return [name, given[value.nth % Math.max(1, given.length)] ?? 'none'] as const;
  });
  return Object.fromEntries(entries);
}

/** A handle is told by its place among those that came before, a cursor by its being there. */
function aside(text: string, { handles }: Side): string {
  return text
    .replace(/\b(cert|rcp|lst|tls|ord|req|app)_[0-9a-hjkmnp-tv-z]{26}\b/g, (handle, kind: string) => {
      const given = handles.get(kind) ?? [];
      handles.set(kind, given);
      if (!given.includes(handle)) given.push(handle);
      return `${kind}_${given.indexOf(handle)}`;
    })
    .replace(/"next_cursor":"[\w-]+"/, '"next_cursor":"…"');
}

/** Takes back the app, what it was told and what it filed. */
async function forget({ opened, token }: Side): Promise<void> {
  await asSuperuser(opened.adminUrl, async (admin) => {
    await admin.unsafe('set session_replication_role = replica');
    await admin`delete from request_steps where request_id in (select id from privacy_requests where app_id = ${token.appId})`;
    await admin`delete from privacy_requests where app_id = ${token.appId}`;
    await admin.unsafe('truncate disclosures, ledger_heads, ledger_leaves, ledger_writers');
    await admin`delete from oauth_artifacts where digest = ${token.digest}`;
    await admin`delete from grants where id = ${token.grantId}`;
    await admin`delete from apps where id = ${token.appId}`;
  });
}

async function contentsOf(admin: postgres.Sql, columns: readonly { table: string; column: string }[]): Promise<(string | null)[]> {
  const found = await Promise.all(
    columns.map(({ table, column }) =>
      admin.unsafe<{ all: string | null }[]>(`select md5(string_agg(${column}::text, ',' order by ${column}::text)) as all from ${table}`),
    ),
  );
  return found.map((rows) => rows[0]?.all ?? null);
}

const everydayWords = ['ada', 'data', 'a', 'example', '日本', '%', 'www.academy.example', 'shop.academy.example', 'search_recipients'];

/** Of each column that holds texts the first and the last: some are in what leaves, most are never sent. */
async function wordsOf({ adminUrl }: TestDatabase): Promise<string[]> {
  return asSuperuser(adminUrl, async (admin) => {
    const columns = (await storedColumns(admin)).filter(({ type }) => type === 'text' || type === 'uuid');
    const samples = await Promise.all(
      columns.map(({ table, column }) =>
        admin.unsafe<{ text: string | null }[]>(
          `select text from (select ${column}::text as text from ${table} order by ctid limit 1) first union select max(${column}::text) from ${table}`,
        ),
      ),
    );
    return samples.flatMap((rows) => rows.flatMap(({ text }) => (text ? [text.slice(0, 60)] : [])));
  });
}
