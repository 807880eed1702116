import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/disclosure/callers.ts';
import { connect, grace } from '../support/connect.ts';
import { callerOf } from '../support/gate.ts';
import { openWorld, type World } from '../support/world.ts';

type Entry = Readonly<Record<string, unknown>>;

describe('somebody with the tools’ login and a token of their own', () => {
  let world: World;
  let own: Caller;
  let others: Caller;
  let beside: Caller;
  const writer = randomUUID();

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    own = await callerOf(world, (await connect(world, { name: 'Own' })).accessToken);
    others = await callerOf(world, (await connect(world, { name: 'Another account’s', owner: grace })).accessToken);
    beside = await callerOf(world, (await connect(world, { name: 'Own account’s other app' })).accessToken);
    await world.database.statement('insert into ledger_writers (id, started_at) values ($1, $2)', [writer, world.clock().toISOString()]);
  });
  afterAll(() => world.close());

  let seq = 0;
  const entryOf = ({ digest, grant }: Caller, changes: Entry = {}): Entry => ({
    seq: (seq += 1),
    leaf: '00',
    salt: '00',
    digest: Buffer.from(digest).toString('hex'),
    account_id: grant.account_id,
    app_id: grant.app_id,
    grant_id: grant.grant_id,
    scopes: ['account:read'],
    at: world.clock().toISOString(),
    tool: 'get_account_summary',
    purpose: 'fulfil_request',
    field_names: ['display_name'],
    record_count: 1,
    outcome: 'answered',
    ...changes,
  });

  /** What the database says to a batch: the seqs that it calls dead, or its refusal. */
  async function append(...entries: readonly Entry[]): Promise<number[] | string> {
    const batch = [writer, world.clock().toISOString(), JSON.stringify(entries), seq, Buffer.alloc(32), Buffer.alloc(64), randomUUID()];
    try {
      const rows = await world.database.tools<{ dead: string }>(
        'select dead from certveil.append_disclosures($1, $2, $3, $4, $5, $6, $7)',
        batch,
      );
      return rows.map(({ dead }) => Number(dead));
    } catch (error) {
      return error instanceof Error ? error.message : 'refused';
    }
  }

  async function written(): Promise<number> {
    const [row] = await world.database.statement<{ count: number }>(
      'select count(*)::integer as count from disclosures where writer_id = $1',
      [writer],
    );
    return row?.count ?? -1;
  }

  it('writes ledger rows of its own grant, so that what follows can’t be refused for another reason', async () => {
    expect(await append(entryOf(own))).toEqual([]);
    expect(await written()).toBe(1);
  });

  it('writes none for another account, another app or another grant, and its own rows beside them neither', async () => {
    const before = await written();
    const forgeries: readonly Entry[] = [
      { account_id: others.grant.account_id, app_id: others.grant.app_id, grant_id: others.grant.grant_id },
      { account_id: others.grant.account_id },
      { app_id: others.grant.app_id },
      { grant_id: others.grant.grant_id },
      { app_id: beside.grant.app_id, grant_id: beside.grant.grant_id },
    ];
    for (const forged of forgeries) {
      const entry = entryOf(own, forged);
      expect(await append(entryOf(own), entry)).toEqual([entry['seq']]);
    }
    const unheld = entryOf(own, { scopes: ['account:read', 'account:email'] });
    expect(await append(unheld)).toEqual([unheld['seq']]);
    expect(await written()).toBe(before);
  });

  it('names no field and no record in a row that says nothing was answered', async () => {
    const before = await written();
    const refused = 'a row that was not answered names fields';
    for (const outcome of ['withheld', 'failed']) {
      expect(await append(entryOf(others, { outcome, record_count: 0 }))).toBe(refused);
      expect(await append(entryOf(others, { outcome, field_names: [] }))).toBe(refused);
      expect(await append(entryOf(own), entryOf(own, { outcome }))).toBe(refused);
    }
    expect(await append(entryOf(own, { outcome: 'told' }))).toContain('names fields');
    expect(await append(entryOf(own, { outcome: 'told', field_names: [], record_count: 0 }))).toContain('disclosures_outcome');
    expect(await append(entryOf(own, { purpose: 'sale' }))).toContain('disclosures_purpose');
    expect(await written()).toBe(before);
  });

  it('reads nothing of a service that the account has deactivated, and leaves no row that it did (CS-32)', async () => {
    const { database } = world;
    const status = (to: string) =>
      database.statement(`update memberships set status = $1 where account_id = $2 and service = 'certfusion'`, [to, own.grant.account_id]);
    const read = async (text: string) => (await database.tools(text, [own.digest, world.clock().toISOString()])).length;
    const readings: readonly [text: string, found: number][] = [
      [`select from certveil.read_certificates($1, $2, '{}', null, null, null, null, null, null, null, 5)`, 5],
      [`select from certveil.read_certificate_lists($1, $2, '', '', 2)`, 2],
      [`select from certveil.read_recipients($1, $2, '{}', null, null, '', 0, 5)`, 5],
      [`select from certveil.read_tls_orders($1, $2, null, null, null, 5)`, 5],
      [`select from certveil.read_account_summary($1, $2)`, 1],
    ];
    for (const [text, found] of readings) expect([text, await read(text)]).toEqual([text, found]);
    await status('deactivated');
    const gone = ['read_certificates', 'read_certificate_lists', 'read_recipients'];
    for (const [text, found] of readings) {
      expect([text, await read(text)]).toEqual([text, gone.some((name) => text.includes(`${name}(`)) ? 0 : found]);
    }
    const late = entryOf(own, { tool: 'search_certificates', scopes: ['certificates:read'] });
    expect(await append(late)).toEqual([late['seq']]);
    expect(await append(entryOf(own, { tool: 'list_tls_orders', scopes: ['tls:read'] }))).toEqual([]);
    await status('active');
    expect(await append(entryOf(own, { tool: 'search_certificates', scopes: ['certificates:read'] }))).toEqual([]);
  });
});
