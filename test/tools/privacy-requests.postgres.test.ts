import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayOf } from '../../src/words/dates.ts';
import { deadlineOf } from '../../src/rights/deadlines.ts';
import { tokenDigest } from '../../src/crypto/digest.ts';
import { ada, connect, grace, type ConnectedApp } from '../support/connect.ts';
import { withLedger } from '../support/ledger-rows.ts';
import { allPages, rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

describe('privacy requests through an assistant', () => {
  let world: World;
  let app: ConnectedApp;
  let other: ConnectedApp;
  let graces: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world, { choices: { tick: 'all' } });
    other = await connect(world, { name: 'Other app', choices: { tick: 'all' } });
    graces = await connect(world, { owner: grace, choices: { tick: 'all' } });
  });
  afterAll(() => world.close());

  const query = <Row>(text: string, ...given: string[]) => world.database.statement<Row>(text, given);
  const file = async (by: ConnectedApp, kind = 'erasure', service = 'certumssl') =>
    (await by.call('file_privacy_request', { kind, service })).structured ?? {};

  it('BR-02: files a request that waits for the person, with the earlier of two days, and changes nothing else', async () => {
    const before = await query('select count(*)::int as n from tls_certificates');
    const today = dayOf(world.clock());
    const { answer, rows } = await withLedger(world, () => app.call('file_privacy_request', { kind: 'erasure', service: 'certumssl' }));
    expect(answer.structured).toEqual({
      request: expect.stringMatching(/^req_[0-9a-z]{26}$/),
      kind: 'erasure',
      status: 'awaiting_confirmation',
      received_on: today,
      due_on: deadlineOf({ service: 'certumssl', receivedOn: today }).dueOn,
      dashboard_url: expect.stringMatching(new RegExp(`^${world.url}/dashboard/requests/req_[0-9a-z]{26}$`)),
    });
    expect(String(answer.structured?.['dashboard_url'])).not.toContain(String(answer.structured?.['request']));
    expect(rows).toEqual([expect.objectContaining({ tool: 'file_privacy_request', outcome: 'answered' })]);
    expect(await query('select count(*)::int as n from tls_certificates')).toEqual(before);
    expect(await query(`select s.actor, s.status from request_steps s`)).toContainEqual({ actor: 'app', status: 'awaiting_confirmation' });
  });

  it('lists the requests that this app filed and no other app’s, in pages, newest first', async () => {
    for (const kind of ['access', 'portability', 'objection']) await file(app, kind);
    await file(other, 'restriction');
    const pages = await allPages(app, 'list_privacy_requests', 'requests', { limit: 2 });
    expect(pages.flat().map(({ kind }) => kind)).toEqual(['objection', 'portability', 'access', 'erasure']);
    expect(pages.flat()[0]).toMatchObject({ status: 'awaiting_confirmation', next_step: 'confirm_in_dashboard' });
    expect(rowsOf(await other.call('list_privacy_requests'), 'requests').map(({ kind }) => kind)).toEqual(['restriction']);
    expect(rowsOf(await app.call('list_privacy_requests', { status: 'done' }), 'requests')).toEqual([]);
  });

  it('cancels only its own and only while it waits; once more says the same', async () => {
    const { request } = await file(app, 'deactivation');
    for (const foreign of [other, graces]) expect((await foreign.call('cancel_privacy_request', { request })).error).toBe('not_available');
    for (const _again of [1, 2])
      expect((await app.call('cancel_privacy_request', { request })).structured).toEqual({ request, status: 'withdrawn' });
    const confirmed = (await file(app, 'deactivation'))['request'];
    await query(
      `update privacy_requests set status = 'in_progress', confirmed_at = now() where kind = 'deactivation' and status = 'awaiting_confirmation'`,
    );
    expect((await app.call('cancel_privacy_request', { request: confirmed })).error).toBe('not_available');
  });

  it('CS-33: opts out of marketing at once and keeps the first day', async () => {
    const today = dayOf(world.clock());
    const answer = await app.call('set_marketing_opt_out', { service: 'certfusion' });
    expect(answer.structured).toEqual({ opted_out: true, effective_on: today });
    world.clock.advance({ days: 1 });
    const later = await connect(world, { name: 'Later app', choices: { tick: 'all' } });
    expect((await later.call('set_marketing_opt_out', { service: 'certfusion' })).structured).toEqual({
      opted_out: true,
      effective_on: today,
    });
  });

  it('CS-27: says for each category whether anything is held, of this account only', async () => {
    const late = await connect(world, { name: 'Asking app', choices: { tick: 'all' } });
    const all = rowsOf(await late.call('confirm_data_held'), 'categories');
    const held = (category: string) => all.find((each) => each['category'] === category);
    expect(held('transactions')).toEqual({
      category: 'transactions',
      held: true,
      role: 'own',
      legal_basis: 'legal_obligation',
      retention_rule: '7 years from transaction date',
    });
    expect(held('recipients')).toMatchObject({ held: true, role: 'on_behalf' });
    expect(
      rowsOf(await late.call('confirm_data_held', { service: 'certfusion' }), 'categories').map(({ category }) => category),
    ).not.toContain('tls_certificates');
    await query(`delete from vetting_documents where account_id = (select id from accounts where email = $1)`, ada.email);
    const after = rowsOf(await late.call('confirm_data_held'), 'categories');
    expect(after.find((each) => each['category'] === 'identity_documents')).toMatchObject({ held: false });
  });

  it('lets an app have at most twenty that wait', async () => {
    const eager = await connect(world, { name: 'Eager app', choices: { tick: 'all' } });
    for (let at = 0; at < 20; at += 1) expect((await file(eager, 'access'))['status']).toBe('awaiting_confirmation');
    expect((await eager.call('file_privacy_request', { kind: 'access', service: 'certumssl' })).error).toBe('rate_limited');
  });

  it('CF-10: the database files, cancels and opts out nothing for a token that died, and nothing without the scope', async () => {
    const dying = await connect(world, { name: 'Dying app', choices: { tick: 'all' } });
    const reading = await connect(world, { name: 'Reading app' });
    await query(`update apps set status = 'revoked' where name = 'Dying app'`);
    const count = () => query<{ n: number }>('select count(*)::int as n from privacy_requests');
    const before = await count();
    for (const { accessToken } of [dying, reading]) {
      const digest = tokenDigest(accessToken);
      const now = world.clock().toISOString();
      const today = dayOf(world.clock());
      const calls = [
        [`select * from certveil.file_request($1, $2, 'erasure', 'certumssl', null, $3::date, 'thirty_days')`, today],
        [`select * from certveil.opt_out_of_marketing($1, $2, $3)`, 'certumssl'],
        [`select * from certveil.cancel_request($1, $2, $3::uuid)`, '00000000-0000-4000-8000-000000000000'],
      ] as const;
      for (const [text, given] of calls) expect(await world.database.tools(text, [digest, now, given])).toEqual([]);
    }
    expect(await count()).toEqual(before);
    expect((await reading.call('file_privacy_request', { kind: 'access', service: 'certumssl' })).status).toBe(403);
  });
});
