import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTool, type Tool } from '../../src/disclosure/tool.ts';
import { account } from '../../src/policy/fields/account.ts';
import { disclosure, page } from '../../src/policy/fields/app.ts';
import { certificate } from '../../src/policy/fields/certificate.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { callerOf, openGate } from '../support/gate.ts';
import { answered, ledgerRows, unanswered, withLedger } from '../support/ledger-rows.ts';
import { openWorld, type World } from '../support/world.ts';

const notAvailable = '{"error":{"code":"not_available","message":"This is not available."}}';
const tryLater = '{"error":{"code":"try_later","message":"This cannot be answered now. Try again later."}}';
const uuid = '550e8400-e29b-41d4-a716-446655440000';

const trial = (run: Tool['run'], output: z.ZodObject = account.pick({ display_name: true, email_masked: true, email: true })) =>
  defineTool({
    name: 'trial',
    title: 'Trial',
    description: 'A tool of this test.',
    scope: 'account:read',
    service: null,
    hints: { readOnly: true, destructive: false, idempotent: true },
    input: z.strictObject({}),
    output,
    run,
  });

const honest = { display_name: 'Ada', email_masked: 'a…@example.com', email: null };

describe('the gate', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world, { name: 'Gate app' });
  });
  afterAll(() => world.close());

  const ask = async (tool: ReturnType<typeof trial>, changes: Parameters<typeof openGate>[1] = {}) => {
    const gate = await openGate(world, { tools: [tool], ...changes });
    const caller = await callerOf(world, app.accessToken);
    return withLedger(world, () => gate.disclose(caller, 'trial', {}));
  };

  it('lets an honest row pass', async () => {
    const { answer, rows } = await ask(trial(() => Promise.resolve(honest)));
    expect(answer.text).toBe('{"display_name":"Ada","email_masked":"a…@example.com"}');
    expect(rows).toEqual([answered('trial', ['display_name', 'email_masked'], 1)]);
  });

  it.each([
    ['a column that its output does not declare', { ...honest, password_hash: 'x' }],
    ['a column that is missing', { display_name: 'Ada' }],
    ['a value of another type', { ...honest, display_name: 5 }],
    ['a value where an object was expected', { ...honest, email_masked: { toString: 'x' } }],
  ])('withholds a row with %s: fixed text, and the ledger says so', async (_what, row) => {
    const { answer, rows } = await ask(trial(() => Promise.resolve(row)));
    expect(answer).toMatchObject({ text: notAvailable, structured: null, code: 'not_available' });
    expect(rows).toEqual([unanswered('trial', 'withheld')]);
  });

  it.each([
    uuid,
    'bob@corp.example',
    '203.0.113.9',
    '$2b$12$abcdefghijklmnopqrstuu',
    encodeURIComponent('bob@corp.example'),
    '-----BEGIN RSA PRIVATE KEY-----',
  ])('withholds an answer with %s where no free text stands', async (leak) => {
    const output = z.strictObject({ disclosures: z.array(disclosure.pick({ tool: true })) });
    const reading = await connect(world, { name: 'Reading app' });
    const tool = { ...trial(() => Promise.resolve({ disclosures: [{ tool: leak }] }), output), scope: 'apps:read' as const };
    const gate = await openGate(world, { tools: [tool] });
    const { answer, rows } = await withLedger(world, async () => gate.disclose(await callerOf(world, reading.accessToken), 'trial', {}));
    expect(answer.text).toBe(notAvailable);
    expect(rows).toEqual([unanswered('trial', 'withheld')]);
  });

  it('does not mistake a cursor for a secret, however its letters fall', async () => {
    const unlucky = 'AA-in_AAAAAAAAAAAAAAAAAAAAAA';
    const output = z.strictObject({ certificates: z.array(certificate.pick({ title: true })), next_cursor: page.shape.next_cursor });
    const tool = {
      ...trial(() => Promise.resolve({ certificates: [{ title: 'T' }], next_cursor: ['x'] }), output),
      scope: 'certificates:read' as const,
    };
    const { answer } = await ask(tool, { cursorsFor: () => ({ seal: () => unlucky, open: () => [] }) });
    expect(answer.structured).toEqual({ certificates: [{ title: 'T' }], next_cursor: unlucky });
  });

  it('answers try_later and nothing more when a read fails, and the ledger says so', async () => {
    const { answer, rows } = await ask(trial(() => Promise.reject(new Error(`relation of ${uuid} does not exist`))));
    expect(answer).toMatchObject({ text: tryLater, structured: null, code: 'try_later' });
    expect(rows).toEqual([unanswered('trial')]);
  });

  it('withholds what was read when the ledger cannot be written', async () => {
    const broken = { record: () => Promise.reject(new Error('disk full')), drain: () => Promise.resolve() };
    const { answer } = await ask(
      trial(() => Promise.resolve(honest)),
      { ledger: broken },
    );
    expect(answer).toMatchObject({ text: tryLater, structured: null });
  });

  it('withholds what was read when the app is revoked between read and ledger, and the ledger says withheld', async () => {
    const leaving = await connect(world, { name: 'Leaving app' });
    const caller = await callerOf(world, leaving.accessToken);
    const tool = trial(async ({ reader }) => {
      const row = await reader.accountSummary();
      await world.database.statement(`update apps set status = 'revoked' where name = 'Leaving app'`, []);
      return { display_name: row?.display_name, email_masked: row?.email_masked, email: null };
    });
    const gate = await openGate(world, { tools: [tool] });
    const { answer, rows } = await withLedger(world, () => gate.disclose(caller, 'trial', {}));
    expect(answer).toMatchObject({ text: notAvailable, structured: null });
    expect(rows).toEqual([unanswered('trial', 'withheld')]);
  });

  it.each([
    ['paused', `update apps set status = 'paused' where name = 'Changed app'`],
    [
      'narrowed',
      `update grants set scopes = array['apps:read'] where app_id = (select id from apps where name = 'Changed app' and status = 'active')`,
    ],
    ['without its account', `update accounts set disabled_at = now() where email = 'grace@example.com'`],
  ])('withholds likewise from an app that is %s meanwhile', async (_how, sql) => {
    await world.database.statement(`update apps set status = 'revoked', name = 'Gone' where name = 'Changed app'`, []);
    await world.database.statement(`update accounts set disabled_at = null`, []);
    const changed = await connect(world, {
      name: 'Changed app',
      owner: { email: 'grace@example.com', password: 'correct horse battery staple' },
    });
    const caller = await callerOf(world, changed.accessToken);
    const tool = trial(async () => {
      await world.database.statement(sql, []);
      return honest;
    });
    const gate = await openGate(world, { tools: [tool] });
    const { answer, rows } = await withLedger(world, () => gate.disclose(caller, 'trial', {}));
    expect(answer.text).toBe(notAvailable);
    expect(rows).toEqual([unanswered('trial', 'withheld')]);
    await world.database.statement(`update accounts set disabled_at = null`, []);
  });

  it('writes the ledger before it changes anything, and before the answer', async () => {
    const order: string[] = [];
    const before = (await ledgerRows(world)).length;
    const tool = {
      ...trial(() => Promise.resolve(honest)),
      effect: async () => {
        order.push(`effect after ${(await ledgerRows(world)).length - before} row`);
      },
    };
    const { answer } = await ask(tool);
    order.push(`answer ${answer.structured === null ? 'withheld' : 'given'}`);
    expect(order).toEqual(['effect after 1 row', 'answer given']);
  });

  it('answers try_later when a change fails after the ledger has its row', async () => {
    const tool = { ...trial(() => Promise.resolve(honest)), effect: () => Promise.reject(new Error('broken off')) };
    const { answer, rows } = await ask(tool);
    expect([JSON.parse(answer.text ?? ''), rows.length]).toEqual([{ error: expect.objectContaining({ code: 'try_later' }) }, 1]);
  });

  it('is not opened for a tool whose output holds a leaf without a policy, or of a class that never leaves', async () => {
    const bare = z.strictObject({ anything: z.string() });
    await expect(openGate(world, { tools: [trial(() => Promise.resolve(null), bare)] })).rejects.toThrow('without a field policy');
  });
});
