import { afterAll, describe, expect, it } from 'vitest';
import type { Gate, GateDependencies } from '../../src/disclosure/gate.ts';
import { defineTool, type AnyTool } from '../../src/disclosure/tool.ts';
import { z } from 'zod';
import { systemClock } from '../../src/words/dates.ts';
import { account as accountFields } from '../../src/policy/fields/account.ts';
import { tables } from '../../src/policy/tables/all.ts';
import type { TablePolicy } from '../../src/policy/tables/table.ts';
import { tools } from '../../src/tools/index.ts';
import { canariesOf, hiddenCanary } from '../support/canaries.ts';
import type { ConnectedApp } from '../support/connect.ts';
import { asSuperuser, storedColumns, type StoredColumn } from '../support/database-columns.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';
import { callerWith, openGate } from '../support/gate.ts';
import { readerRole, toolsRole } from '../support/roles.ts';
import { makeLeakSearch } from '../support/leak-search.ts';
import { issueToken, type IssuedToken } from '../support/tokens.ts';
import { withoutProjection } from '../support/unprojected.ts';
import { validInputs } from '../support/valid-inputs.ts';
import { isNeverSent } from '../support/vary.ts';

const layers = ['grants', 'row-level security', 'projection', 'guard'] as const;
type Layer = (typeof layers)[number];

const clock = systemClock;
const policies: Readonly<Record<string, TablePolicy>> = tables;
const foreignTexts = ['Grace Hopper Institute', 'institute.example', 'Compiler Construction', 'Forklift'];
const uuid = '550e8400-e29b-41d4-a716-446655440000';

/** The product over a database of its own, with some layers off. */
interface Place {
  readonly opened: TestDatabase;
  readonly token: IssuedToken;
  /** Its never-sent values. */
  readonly stolen: readonly Stolen[];
  readonly parts: Pick<GateDependencies, 'guard' | 'compile'> | Record<string, never>;
}

describe('with a layer off', () => {
  const made = new Map<string, Promise<Omit<Place, 'parts'>>>();

  afterAll(async () => {
    for (const { opened } of await Promise.all(made.values())) await opened.close();
  });

  async function placeWithout(off: readonly Layer[]): Promise<Place> {
    const inDatabase = layers.slice(0, 2).filter((layer) => off.includes(layer));
    const ground = made.get(inDatabase.join()) ?? groundWithout(inDatabase);
    made.set(inDatabase.join(), ground);
    const parts = {
      ...(off.includes('guard') && { guard: () => false }),
      ...(off.includes('projection') && { compile: withoutProjection }),
    };
    return { ...(await ground), parts };
  }

  it.each(layers)('%s: its own check is red, the others’ are not, and nothing never-sent or foreign leaves', async (layer) => {
    const sound = await placeWithout([]);
    const place = await placeWithout([layer]);
    for (const each of layers) {
      expect([each, await holds[each](sound)]).toEqual([each, true]);
      expect([each, await holds[each](place)]).toEqual([each, each !== layer]);
    }
    const told = await journey(place);
    expect(told.filter((text) => !text.includes(`{"error"`)).length).toBeGreaterThan(tools.length);
    const canaries = await canariesOf({ database: place.opened.database, dataKey: testDataKey });
    // Restricted records are kept back by row-level security alone.
    const looked = canaries.filter((each) => each.length >= 8 && !(layer === 'row-level security' && each === hiddenCanary));
    expect(looked.length).toBeGreaterThan(1000);
    const search = makeLeakSearch([...looked, ...foreignTexts]);
    expect(told.flatMap(search)).toEqual([]);
  });

  it('each canary is stopped by two layers at least', async () => {
    const stops = new Map<string, Map<Layer, boolean>>();
    const bare = await placeWithout(layers);
    expect(bare.stolen.length).toBeGreaterThan(60);
    expect([...(await escapedFrom(bare))]).toEqual(bare.stolen.map(({ name }) => name));
    for (const layer of layers) {
      const alone = await placeWithout(layers.filter((each) => each !== layer));
      const escaped = await escapedFrom(alone);
      for (const { name } of alone.stolen) stops.set(name, (stops.get(name) ?? new Map<Layer, boolean>()).set(layer, !escaped.has(name)));
    }
    print(bare.stolen, stops);
    const weak = [...stops].filter(([, by]) => [...by.values()].filter(Boolean).length < 2).map(([name]) => name);
    expect(weak).toEqual([]);
  }, 60_000);
});

/** What a layer is there for, tried where it stands: does it hold? */
const holds: Readonly<Record<Layer, (place: Place) => Promise<boolean>>> = {
  grants: ({ opened }) =>
    asSuperuser(opened.adminUrl, async (admin) => {
      await admin.unsafe(`set role ${readerRole}`);
      const [, refusal] = await Promise.allSettled([admin.unsafe('select 1'), admin.unsafe('select password_hash from accounts')]);
      return refusal.status === 'rejected' && Reflect.get(refusal.reason as object, 'code') === '42501';
    }),
  'row-level security': ({ opened }) =>
    asSuperuser(opened.adminUrl, async (admin) => {
      await admin.unsafe(`set role ${readerRole}`);
      return (await admin.unsafe('select id from recipients')).length === 0;
    }),
  projection: async (place) => {
    const { text } = await ask(
      place,
      toolThat(() => Promise.resolve({ ...honest, region: 'Middlesex' })),
    );
    return !text.includes('Middlesex');
  },
  guard: async (place) => {
    const { text } = await ask(
      place,
      toolThat(() => Promise.resolve({ ...honest, display_name: uuid })),
    );
    return !text.includes(uuid);
  },
};

const honest = { display_name: 'Ada', email_masked: 'a…@example.com' };

function toolThat(run: AnyTool['run']): AnyTool {
  return defineTool({
    name: 'mistaken',
    title: 'Mistaken',
    description: 'A tool of this test.',
    scope: 'account:read',
    service: null,
    hints: { readOnly: true, destructive: false, idempotent: true },
    input: z.strictObject({}),
    output: accountFields.pick({ display_name: true, email_masked: true }),
    run,
  });
}

async function gateOf({ opened: { database }, parts }: Place, own: readonly AnyTool[]): Promise<Gate> {
  return openGate({ database, clock, url: 'http://localhost' }, { tools: own, ...parts });
}

async function ask(place: Place, tool: AnyTool) {
  const { database } = place.opened;
  return (await gateOf(place, [tool])).disclose(await callerWith({ database, clock }, place.token.digest), tool.name, {});
}

/** A never-sent value of the account. */
interface Stolen {
  readonly name: string;
  readonly dataClass: string;
  readonly expression: string;
  readonly from: string;
  readonly value: string;
}

/** Those of the values that leave by a read that takes their column along, and a tool that passes on what it reads. */
async function escapedFrom(place: Place): Promise<Set<string>> {
  const { database } = place.opened;
  let wanted: Stolen | undefined;
  const mistaken = toolThat(async () => {
    const given = [place.token.digest, clock().toISOString(), wanted?.expression ?? '', wanted?.from ?? ''];
    const rows = await database.tools<{ taken: string | null }>('select taken from certveil.mistaken_read($1, $2, $3, $4)', given);
    return { ...honest, taken: rows[0]?.taken ?? null };
  });
  const gate = await gateOf(place, [mistaken]);
  const caller = await callerWith({ database, clock }, place.token.digest);
  const escaped = new Set<string>();
  for (wanted of place.stolen) {
    const { text } = await gate.disclose(caller, mistaken.name, {});
    if (text.includes(JSON.stringify(wanted.value))) escaped.add(wanted.name);
  }
  return escaped;
}

const mistakenRead = `
  create function certveil.mistaken_read(p_digest bytea, p_now timestamptz, p_expression text, p_from text) returns table (taken text)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
  as $$
  declare g record;
  begin
    select * into g from certveil.enter(p_digest, p_now, 'account:read');
    if not found then return; end if;
    return query execute format('select %s::text %s', p_expression, p_from) using g.account_id;
    perform certveil.leave();
  end
  $$;
  alter function certveil.mistaken_read(bytea, timestamptz, text, text) owner to ${readerRole};
  grant execute on function certveil.mistaken_read(bytea, timestamptz, text, text) to ${toolsRole};`;

async function groundWithout(off: readonly Layer[]): Promise<Omit<Place, 'parts'>> {
  const opened = await openTestDatabase({ demo: true, connections: 2 });
  const token = await issueToken(opened.database, { email: 'ada@example.com', now: clock() });
  await asSuperuser(opened.adminUrl, async (admin) => {
    await admin.unsafe(mistakenRead);
    if (off.includes('grants')) await admin.unsafe(`grant select on all tables in schema public to ${readerRole}`);
    for (const table of off.includes('row-level security') ? Object.keys(policies) : [])
      await admin.unsafe(`alter table ${table} disable row level security`);
  });
  return { opened, token, stolen: await everythingNeverSent(opened) };
}

/** Every never-sent column of the account that holds something which tells itself from what leaves by right. */
async function everythingNeverSent({ adminUrl }: TestDatabase): Promise<Stolen[]> {
  return asSuperuser(adminUrl, async (admin) => {
    const columns = (await storedColumns(admin)).filter((each) => isNeverSent(each) && isTelling(each));
    const found = await Promise.all(
      columns.map(async ({ table, column, type }) => {
        const owner = policies[table]?.owner;
        const expression = type === 'bytea' ? `min(encode(${column}, 'hex'))` : `min(${column}::text)`;
        const from = `from public.${table}${owner ? ` where ${owner} = $1` : ''}`;
        const by = `(select id from accounts where email = 'ada@example.com')`;
        const [row] = await admin.unsafe<{ value: string | null }[]>(`select ${expression} as value ${from.replace('$1', by)}`);
        const dataClass = policies[table]?.columns[column]?.[0] ?? 'none';
        return { name: `${table}.${column}`, dataClass, expression, from, value: row?.value ?? '' };
      }),
    );
    return found.filter(({ value }) => value.length >= 8);
  });
}

/** Search and order keys are made of words that leave by right: of the internal ones the ids are looked for. */
function isTelling({ table, column, type }: StoredColumn): boolean {
  return policies[table]?.columns[column]?.[0] !== 'internal' || type === 'uuid';
}

/** Every tool through the gate, with arguments that are answered and some that are not. */
async function journey(place: Place): Promise<string[]> {
  const { database } = place.opened;
  const gate = await gateOf(place, tools);
  const told: string[] = [];
  const call: ConnectedApp['call'] = async (tool, input = {}) => {
    const { text, structured, code } = await gate.disclose(await callerWith({ database, clock }, place.token.digest), tool, input);
    told.push(text);
    return { status: 200, headers: new Headers(), body: text, structured: structured && { ...structured }, error: code, text };
  };
  const inputs = await validInputs({ call });
  for (const { name, input } of tools) {
    await call(name, inputs[name] ?? {});
    await call(name, { ...inputs[name], nothing: 1 });
    if (!('limit' in input.shape)) continue;
    let page = await call(name, { limit: 50 });
    for (let n = 0; n < 10 && typeof page.structured?.['next_cursor'] === 'string'; n += 1)
      page = await call(name, { limit: 50, cursor: page.structured['next_cursor'] });
  }
  for (const query of ['institute', 'compiler', 'canary', 'grace', 'forklift']) {
    await call('search_certificates', { query });
    await call('search_recipients', { query });
    await call('list_tls_certificates', { domain: `www.${query}.example` });
  }
  return told;
}

/** Data class by layer: how many of its columns each layer alone keeps back. */
function print(stolen: readonly Stolen[], stops: ReadonlyMap<string, ReadonlyMap<Layer, boolean>>): void {
  const classes = [...new Set(stolen.map(({ dataClass }) => dataClass))].toSorted();
  const rows = classes.map((dataClass) => {
    const own = stolen.filter((each) => each.dataClass === dataClass);
    const cells = layers.map((layer) => [layer, `${own.filter(({ name }) => stops.get(name)?.get(layer)).length} of ${own.length}`]);
    return [dataClass, Object.fromEntries(cells)] as const;
  });
  console.table(Object.fromEntries(rows));
}
