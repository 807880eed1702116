import { Ajv2020 } from 'ajv/dist/2020.js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Gate } from '../../src/disclosure/gate.ts';
import { inputFilters, inputHandles } from '../../src/disclosure/inputs.ts';
import { outputSchemaOf } from '../../src/disclosure/schemas.ts';
import type { AnyTool } from '../../src/disclosure/tool.ts';
import { fieldPolicies } from '../../src/policy/fields/field.ts';
import { acceptedFieldsOf } from '../../src/policy/fields/all.ts';
import { allScopes } from '../../src/policy/scopes.ts';
import { tools } from '../../src/tools/index.ts';
import { ada, callTool, connect, type ConnectedApp } from '../support/connect.ts';
import { callerOf, openGate } from '../support/gate.ts';
import { rowsOf, type Row } from '../support/pages.ts';
import { validInputs } from '../support/valid-inputs.ts';
import { openWorld, type World } from '../support/world.ts';

/** A field of a tool's answer: where it stands, and the field that stands in its place when that is granted. */
interface Place {
  readonly path: readonly string[];
  readonly id: string;
  readonly instead: string | null;
}

function placesIn(schema: z.ZodType, path: readonly string[] = []): Place[] {
  if (schema instanceof z.ZodNullable) return placesIn(schema.unwrap() as z.ZodType, path);
  if (schema instanceof z.ZodArray) return placesIn(schema.element as z.ZodType, path);
  if (!(schema instanceof z.ZodObject)) return [];
  const children = Object.entries(schema.shape as Record<string, z.ZodType>);
  return children.flatMap(([key, child]) => {
    const policy = fieldPolicies.get(child);
    const instead = children.find(([, other]) => fieldPolicies.get(other)?.replaces === key)?.[1];
    const own = policy?.scope
      ? [{ path: [...path, key], id: policy.id, instead: (instead && fieldPolicies.get(instead)?.id) ?? null }]
      : [];
    return [...own, ...placesIn(child, [...path, key])];
  });
}

function isAt(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((each) => isAt(each, [key ?? '', ...rest]));
  if (typeof value !== 'object' || value === null || key === undefined || !(key in value)) return false;
  return rest.length === 0 || isAt((value as Row)[key], rest);
}

/** Optional inputs that choose by no field of the answer. */
const free = ['limit', 'cursor', 'fields', 'query', 'months', 'tool', 'service', 'section', 'categories'];

describe('a grant that is older than a field', () => {
  let world: World;
  let admin: postgres.Sql;
  let app: ConnectedApp;
  let gate: Gate;
  let inputs: Record<string, Row>;
  const ajv = new Ajv2020({ strict: false, formats: { date: true, uri: true } });

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    admin = postgres(world.adminUrl ?? '', { max: 1, onnotice: () => undefined });
    await admin.unsafe('set session_replication_role = replica');
    app = await connect(world, { choices: { tick: 'all' } });
    inputs = await validInputs(app);
    gate = await openGate(world, { tools });
  });
  afterAll(async () => {
    await admin.end();
    await world.close();
  });

  /** The grant as it was before these fields came into the policy; a grant never widens, but for the superuser. */
  async function olderThan(...ids: readonly string[]): Promise<void> {
    const accepted = acceptedFieldsOf(allScopes).filter((id) => !ids.includes(id));
    await admin`update grants set accepted_fields = ${accepted}`;
  }

  const ask = async (tool: string, input: Row = {}) => gate.disclose(await callerOf(world, app.accessToken), tool, input);

  const reading = tools.filter(({ hints, name }) => hints.readOnly || name === 'disconnect_this_app');

  it.each(reading.map((tool) => [tool.name, tool] as const))(
    '%s leaves the field out, whichever it is, and keeps to its schema',
    async (name, tool) => {
      const isSound = ajv.compile(outputSchemaOf(tool));
      const input = name === 'disconnect_this_app' ? { confirm: true } : (inputs[name] ?? {});
      for (const { path, id, instead } of placesIn(tool.output)) {
        const before = instead === null ? [] : [instead];
        await olderThan(...before);
        const told = (await ask(name, input)).structured;
        await olderThan(...before, id);
        const left = (await ask(name, withoutFilter(tool, id, input, told))).structured;
        expect([name, id, isAt(told, path), left === null, isAt(left, path)]).toEqual([name, id, true, false, false]);
        expect([name, id, isSound(left), isSound.errors]).toEqual([name, id, true, null]);
      }
      await olderThan();
    },
  );

  /** The same question, asked without an argument that chooses by the field. */
  function withoutFilter(tool: AnyTool, id: string, input: Row, told: Row | null): Row {
    const kept = Object.keys(input).filter(
      (name) => !inputFilters.get(tool.input.shape[name] as z.ZodType)?.by.some((each) => each.id === id),
    );
    const byHandle = kept.length === 0 && 'tls_certificate' in tool.input.shape ? { tls_certificate: told?.['tls_certificate'] } : {};
    return { ...byHandle, ...Object.fromEntries(kept.map((name) => [name, input[name]])) };
  }

  it('cannot search by it: words of that field find nothing', async () => {
    const words: readonly (readonly [tool: string, ids: string, query: string])[] = [
      ['search_certificates', 'certificate.title', 'Datenschutz'],
      ['search_certificates', 'certificate.recipient_name', 'Byron'],
      ['search_certificates', 'certificate.public_number', 'DPB'],
      ['search_recipients', 'recipient.name recipient.email', 'öz'],
      ['search_recipients', 'recipient.email', 'example'],
    ];
    for (const [tool, id, query] of words) {
      const found = async () => (await ask(tool, { query, limit: 1 })).text;
      await olderThan(...id.split(' '));
      expect([id, await found()]).toEqual([id, `{"${tool.slice(7)}":[],"next_cursor":null}`]);
      await olderThan();
      expect(JSON.parse(await found())).toMatchObject({ [tool.slice(7)]: [{}] });
    }
  });

  it('cannot count by it: that thousands match a word of that field shows in no cursor', async () => {
    await world.database.statement(
      `with made as (
         insert into certificates (account_id, list_id, recipient_id, title, public_number, issued_on, created_at)
         select c.account_id, c.list_id, c.recipient_id, 'Many', 'MANY-' || n, '2019-01-01', c.created_at
         from generate_series(1, 4001) n, (select c.* from certificates c join accounts a on a.id = c.account_id
           where a.email = 'ada@example.com' and c.hidden_at is null limit 1) c
         returning account_id, issued_on, public_number, id)
       insert into certificate_terms (account_id, term, issued_on, public_number, source, certificate_id)
       select account_id, 'zuzana', issued_on, public_number, 'recipient_name', id from made`,
      [],
    );
    expect((await ask('search_certificates', { query: 'zuzana', limit: 1 })).structured).toMatchObject({ certificates: [{}] });
    await olderThan('certificate.recipient_name');
    expect((await ask('search_certificates', { query: 'zuzana' })).text).toBe('{"certificates":[],"next_cursor":null}');
    await olderThan();
    await world.database.statement(`delete from certificates where public_number like 'MANY-%'`, []);
  });

  it('cannot filter by it, nor look up by it: not available, and the ledger says nothing was told', async () => {
    const values: Row = {
      status: 'expired',
      type: 'DV',
      has_certificate: true,
      within_days: 30,
      since_days: 7,
      public_number: 'unheard of',
    };
    const unsaid: string[] = [];
    for (const tool of reading) {
      for (const [name, schema] of Object.entries(tool.input.shape as Record<string, z.ZodType>)) {
        if (free.includes(name) || !schema.safeParse(undefined).success) continue;
        const by = inputFilters.get(schema)?.by ?? [];
        const isHandle = schema instanceof z.ZodOptional && inputHandles.has(schema.unwrap() as z.ZodType);
        if (by.length === 0 && !isHandle) unsaid.push(`${tool.name} ${name}`);
        for (const { id } of by) {
          const input = {
            [name]:
              { list_tls_orders: 'issued', list_privacy_requests: 'done' }[tool.name] ??
              values[name] ??
              (name === 'domain' ? 'www.academy.example' : '2026-01-01'),
          };
          await olderThan();
          expect([tool.name, name, ['invalid_input', 'consent_needed'].includes((await ask(tool.name, input)).code ?? '')]).toEqual([
            tool.name,
            name,
            false,
          ]);
          await olderThan(id);
          expect([tool.name, name, (await ask(tool.name, input)).code]).toEqual([tool.name, name, 'not_available']);
        }
      }
    }
    await olderThan();
    expect(unsaid).toEqual([]);
  });

  it('cannot ask for it by name: consent_needed', async () => {
    await olderThan('certificate.title', 'recipient.name', 'tls_certificate.issuer');
    for (const [tool, field] of [
      ['search_certificates', 'title'],
      ['search_recipients', 'name'],
      ['list_tls_certificates', 'issuer'],
    ] as const)
      expect((await ask(tool, { fields: [field] })).code).toBe('consent_needed');
    await olderThan();
  });

  it('gets it once the person consents anew, and not before', async () => {
    const grown = ['account.display_name', 'certificate.title', 'recipient.name', 'tls_certificate.issuer'];
    await olderThan(...grown);
    const told = async (token: string) =>
      Promise.all(
        [
          ['get_account_summary', 'display_name'],
          ['search_certificates', 'certificates', 'title'],
          ['search_recipients', 'recipients', 'name'],
          ['list_tls_certificates', 'tls_certificates', 'issuer'],
        ].map(async ([tool = '', ...path]) => isAt((await callTool(world.url, token, tool)).structured, path)),
      );
    expect(await told(app.accessToken)).toEqual([false, false, false, false]);
    const refreshed = await app.app.refresh(app.refreshToken);
    expect(await told(refreshed.body.access_token)).toEqual([false, false, false, false]);
    const again = await app.app.redeem(await app.app.connect(app.person, ada, { choices: { tick: 'all' } }));
    expect(await told(again.body.access_token)).toEqual([true, true, true, true]);
    expect(
      rowsOf(await callTool(world.url, again.body.access_token, 'search_certificates', { query: 'Byron', limit: 1 }), 'certificates'),
    ).toHaveLength(1);
  });
});
