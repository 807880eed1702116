import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldPolicies } from '../../src/policy/fields/field.ts';
import { mayLeave } from '../../src/policy/classes.ts';
import { tools } from '../../src/tools/index.ts';
import { connect, mcp, type ConnectedApp } from '../support/connect.ts';
import { answered, unanswered, withLedger } from '../support/ledger-rows.ts';
import { allPages, rowsOf, type Row } from '../support/pages.ts';
import { listTools } from '../support/tool-list.ts';
import { validInputs } from '../support/valid-inputs.ts';
import { openWorld, type World } from '../support/world.ts';

const names = tools.map(({ name }) => name);
/** Tools that change something: are they destructive, and idempotent? (product.md, Tools) */
const writing: Readonly<Record<string, { destructive: boolean; idempotent: boolean }>> = {
  disconnect_this_app: { destructive: true, idempotent: true },
  file_privacy_request: { destructive: false, idempotent: false },
  cancel_privacy_request: { destructive: true, idempotent: true },
  set_marketing_opt_out: { destructive: false, idempotent: true },
};

describe('every tool', () => {
  let world: World;
  let app: ConnectedApp;
  let inputs: Record<string, Row>;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world, { choices: { tick: 'all' } });
    inputs = await validInputs(app);
  });
  afterAll(() => world.close());

  const reading = names.filter((name) => name !== 'disconnect_this_app');
  const inputOf = (name: string): Row => inputs[name] ?? {};

  it('has a closed input and output schema at every level, in tools/list as in the code', async () => {
    const listed = await listTools(world.url, app.accessToken);
    expect(listed.map(({ name }) => name)).toEqual(names);
    for (const { inputSchema, outputSchema } of listed) {
      for (const schema of [...objectsIn(inputSchema), ...objectsIn(outputSchema)]) expect(schema['additionalProperties']).toBe(false);
      for (const word of ['context', 'reason', 'conversation', 'history', 'account', 'account_id', 'user', 'email']) {
        expect(Object.keys(inputSchema['properties'] as object)).not.toContain(word);
      }
    }
  });

  it('bounds every string, number and list among its inputs', async () => {
    const listed = await listTools(world.url, app.accessToken);
    const inputsOf = ({ inputSchema }: (typeof listed)[number]) => Object.entries(inputSchema['properties'] as Record<string, InputSchema>);
    const unbounded = listed.flatMap((tool) =>
      inputsOf(tool).flatMap(([input, schema]) => (isBounded(schema) ? [] : [`${tool.name} ${input}`])),
    );
    expect(unbounded).toEqual([]);
  });

  it.each(tools.map((tool) => [tool.name, tool] as const))(
    '%s returns leaves of classes that may leave, and only through its scope or a narrower one',
    (_name, tool) => {
      const leaves = leavesOf(tool.output);
      expect(leaves.length).toBeGreaterThan(0);
      for (const policy of leaves) {
        expect(policy).toBeDefined();
        expect(policy && mayLeave(policy.dataClass)).toBe(true);
      }
    },
  );

  it('says all four hints, and the scope, in words of the policy', async () => {
    for (const { name, annotations, _meta, securitySchemes } of await listTools(world.url, app.accessToken)) {
      const changes = writing[name];
      expect(annotations).toEqual({
        title: expect.any(String),
        readOnlyHint: changes === undefined,
        destructiveHint: changes?.destructive ?? false,
        idempotentHint: changes?.idempotent ?? true,
        openWorldHint: false,
      });
      expect(_meta['securitySchemes']).toEqual(securitySchemes);
    }
  });

  it.each(reading)('%s: the text is the JSON of the structured content, and there is nothing else', async (name) => {
    const answer = await app.call(name, inputOf(name));
    expect(answer.status).toBe(200);
    const { result } = JSON.parse(answer.body) as { result: { content: unknown[]; structuredContent: unknown } };
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(result.structuredContent) }]);
  });

  it.each(names)('%s refuses an argument that it does not declare, and the ledger says failed', async (name) => {
    for (const strange of [{ account_id: '1' }, { context: 'we talked about' }, { Limit: 1 }, { constructor: 1 }]) {
      const { answer, rows } = await withLedger(world, () => app.call(name, { ...inputOf(name), ...strange }));
      expect(answer.error).toBe('invalid_input');
      expect(answer.text).toBe('{"error":{"code":"invalid_input","message":"The input is not valid."}}');
      expect(rows).toEqual([unanswered(name)]);
    }
  });

  it.each(names)('%s refuses arguments that are no object: the message is not one, and no call is made', async (name) => {
    for (const input of [[], 'x', 5, true, null]) {
      const { answer, rows } = await withLedger(world, () => app.call(name, input));
      expect(answer.status).toBe(200);
      expect(answer.body).toBe('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params."}}');
      expect(rows).toEqual([]);
    }
  });

  it('is refused without its scope: 403, the challenge names it, nothing is told (product.md, tools)', async () => {
    const bare = await connect(world, {
      name: 'Bare app',
      choices: { untick: everyTicked.filter((scope) => scope !== 'apps:disconnect') },
    });
    for (const tool of tools.filter(({ scope }) => scope === null))
      expect((await bare.call(tool.name, inputOf(tool.name))).status).toBe(200);
    for (const tool of tools.filter(({ scope }) => scope !== null && scope !== 'apps:disconnect')) {
      const { answer, rows } = await withLedger(world, () => bare.call(tool.name, inputOf(tool.name)));
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toMatch(new RegExp(`error="insufficient_scope", scope="[^"]*${tool.scope}"`));
      expect(rows).toEqual([]);
    }
  });

  it('answers paused while the owner has paused the app, and the ledger says withheld', async () => {
    const paused = await connect(world, { name: 'Paused app', choices: { tick: 'all' } });
    await world.database.statement(`update apps set status = 'paused' where name = 'Paused app'`, []);
    for (const tool of tools) {
      const { answer, rows } = await withLedger(world, () => paused.call(tool.name, inputOf(tool.name)));
      expect(answer.error).toBe('paused');
      expect(rows).toEqual([unanswered(tool.name, 'withheld')]);
    }
  });

  it('returns exactly the declared keys, for every record of the demo (BR-02)', async () => {
    const certificates = (await allPages(app, 'search_certificates', 'certificates', { limit: 50 })).flat();
    const recipients = (await allPages(app, 'search_recipients', 'recipients', { limit: 50 })).flat();
    for (const row of certificates)
      expect(Object.keys(row)).toEqual(['certificate', 'title', 'recipient_name', 'issued_on', 'expires_on', 'status', 'list_name']);
    for (const row of recipients) expect(Object.keys(row)).toEqual(['recipient', 'name', 'email', 'certificate_count', 'last_issued_on']);
    const one = { get_certificate_summary: new Set<string>(), get_recipient_summary: new Set<string>() };
    // PGlite answers one call at a time: there a part of them, on Postgres all.
    const some = <Item>(items: readonly Item[]) => items.filter((_, at) => world.database.engine === 'postgres' || at % 12 === 0);
    await inParallel(some(certificates), async ({ certificate }) => {
      const { structured } = await app.call('get_certificate_summary', { certificate });
      one.get_certificate_summary.add(shapeOf(structured));
    });
    await inParallel(some(recipients), async ({ recipient }) => {
      const { structured } = await app.call('get_recipient_summary', { recipient });
      one.get_recipient_summary.add(
        shapeOf({ ...structured, certificates: ((structured?.['certificates'] ?? []) as unknown[]).slice(0, 1) }),
      );
    });
    expect([...one.get_certificate_summary]).toEqual([
      'certificate title recipient_name issued_on expires_on status list_name public_number issuer_name description custom_fields[name value] dashboard_url',
    ]);
    expect([...one.get_recipient_summary].filter((each) => !each.includes('certificates[]'))).toEqual([
      'recipient name email certificate_count last_issued_on certificates[certificate title issued_on status]',
    ]);
  });

  it('keeps keys of an empty value, as null or an empty list', async () => {
    await world.database.statement(`delete from quotas where account_id = (select id from accounts where email = 'grace@example.com')`, []);
    const grace = await connect(world, { owner: { email: 'grace@example.com', password: 'correct horse battery staple' } });
    expect((await grace.call('get_account_summary')).structured).toMatchObject({ quota: null });
    const [endless] = rowsOf(await grace.call('search_certificates', { query: 'compiler', limit: 1 }), 'certificates');
    expect(endless).toMatchObject({ expires_on: null });
    expect((await grace.call('search_certificates', { query: 'nobody at all' })).structured).toEqual({
      certificates: [],
      next_cursor: null,
    });
  });

  it('counts a call in the ledger once, also when thirty calls come at once', async () => {
    const { rows } = await withLedger(world, () => inParallel(Array.from({ length: 30 }), () => app.call('get_account_summary')));
    expect(rows).toEqual(
      Array.from({ length: 30 }, () => answered('get_account_summary', ['display_name', 'email', 'services', 'quota'], 1)),
    );
  });

  it('is unknown by any other name, and such a call leaves no trace of data', async () => {
    for (const name of ['get_password', '', 'search_certificates ', 'toString', '__proto__', 'constructor']) {
      const { answer, rows } = await withLedger(world, () =>
        mcp(world.url, { accessToken: app.accessToken, method: 'tools/call', name, params: { name, arguments: {} } }),
      );
      expect(answer.body).not.toContain('"result"');
      expect(rows).toEqual([]);
    }
  });
});

const everyTicked = [
  'account:read',
  'certificates:read',
  'recipients:read',
  'analytics:read',
  'tls:read',
  'privacy:read',
  'apps:read',
  'apps:disconnect',
];

interface InputSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly maxItems?: number;
}

function isBounded(schema: InputSchema): boolean {
  if (schema.enum || schema.const !== undefined || schema.type === 'boolean') return true;
  if (schema.type === 'string') return (schema.maxLength ?? Infinity) <= 4000;
  if (schema.type === 'integer') return (schema.maximum ?? Infinity) <= 4000 && schema.minimum !== undefined;
  return schema.type === 'array' && (schema.maxItems ?? Infinity) <= 50;
}

function objectsIn(schema: unknown): Record<string, unknown>[] {
  if (Array.isArray(schema)) return schema.flatMap(objectsIn);
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = Object.values(schema).flatMap(objectsIn);
  return 'type' in schema && schema.type === 'object' ? [schema as Record<string, unknown>, ...inner] : inner;
}

function leavesOf(schema: z.ZodType): ReturnType<typeof fieldPolicies.get>[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape as Record<string, z.ZodType>).flatMap(leavesOf);
  const inner =
    schema instanceof z.ZodArray ? (schema.element as z.ZodType) : schema instanceof z.ZodNullable ? (schema.unwrap() as z.ZodType) : null;
  const own = fieldPolicies.get(schema);
  if (inner === null) return [own];
  const deeper = leavesOf(inner);
  return own && deeper.every((each) => each === undefined) ? [own] : deeper;
}

function shapeOf(value: unknown): string {
  return Object.entries(value ?? {})
    .map(([key, inner]) => (Array.isArray(inner) ? `${key}[${inner.length === 0 ? '' : shapeOf(inner[0])}]` : key))
    .join(' ');
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (waiting.length > 0) await work(waiting.shift() as Item);
    }),
  );
}
