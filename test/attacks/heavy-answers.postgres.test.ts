import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { outputSchemaOf } from '../../src/disclosure/schemas.ts';
import { defineTool } from '../../src/disclosure/tool.ts';
import { page } from '../../src/policy/fields/app.ts';
import { certificate } from '../../src/policy/fields/certificate.ts';
import { tools } from '../../src/tools/index.ts';
import { addOwner, importRows } from '../support/account-data.ts';
import { connect, mcp, type ConnectedApp } from '../support/connect.ts';
import { callerOf, openGate } from '../support/gate.ts';
import { unanswered, withLedger } from '../support/ledger-rows.ts';
import { allPages, rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const listBytes = 8_000;
const wireBytes = 100_000;
const wide = (mark: string, length = 200) => `${mark} ${'𝕏'.repeat(length)}`.slice(0, mark.length + 1 + (length - mark.length - 1) * 2);
const count = 60;

describe('somebody who fills every text to its cap with the widest letters', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld();
    const owner = await addOwner(world, 'wide@example.com', wide('Owner'));
    const fields = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`shared:${wide(`F${at}`, 100)}`, wide(`V${at}`)]));
    const rows = Array.from({ length: count }, (_, at) => ({
      list: wide(`L${String(at % 30).padStart(2, '0')}`),
      recipient_name: wide(`N${at}`),
      recipient_email: `${'x'.repeat(60)}${at}@${'y'.repeat(60)}.${'z'.repeat(60)}.example`,
      title: wide(`T${at}`),
      public_number: `W-${String(at).padStart(3, '0')}`,
      issued_on: '2026-01-05',
      expires_on: '',
      description: wide('D', 2000),
      ...fields,
    }));
    await importRows(world, owner, rows);
    app = await connect(world, { owner, name: wide('App', 100), choices: { tick: 'all' } });
    await fillTls();
    await fillRights();
    for (let other = 0; other < 3; other += 1) await connect(world, { owner, name: wide(`Other ${other}`, 100) });
    await world.database.statement(
      `insert into apps (account_id, client_id, name, publisher_domain, redirect_host, status, connected_at, connected_on, status_changed_at)
       select a.id, 'heavy-' || n, $1 || n, repeat('p', 60) || '.example', 'app.example', 'active', now(), current_date, now()
       from accounts a cross join generate_series(1, 200) n`,
      [wide('Many', 150)],
    );
  });
  afterAll(() => world.close());

  async function fillTls(): Promise<void> {
    const domain = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example`;
    const names = Array.from({ length: 300 }, (_, at) => `h${at}.${domain}`);
    await world.database.statement(
      `insert into tls_orders (account_id, order_number, product_type, validation_level, domains, status, ordered_on, vetting_status)
       select a.id, 'O-' || n, 'multi_domain', 'DV', $1::text[], 'issued', '2026-01-05', 'not_required'
       from accounts a cross join generate_series(1, 60) n`,
      [names],
    );
    await world.database.statement(
      `insert into tls_certificates (account_id, fingerprint, serial_key, common_name, dns_names, ip_name_count, type, issuer, key_algorithm,
         organisation_name, valid_from, valid_until)
       select a.id, decode(md5(n::text), 'hex'), n, $1, $2::text[], 0, 'EV', $3, $3, $3, '2026-01-05', '2030-01-05'
       from accounts a cross join generate_series(1, 60) n`,
      [`h0.${domain}`, names, wide('I')],
    );
  }

  async function fillRights(): Promise<void> {
    await world.database.statement(
      `insert into privacy_requests (account_id, app_id, kind, service, categories, channel, status, received_on, due_on)
       select a.account_id, a.id, 'restriction', 'certfusion', null, 'assistant', 'awaiting_confirmation', '2026-01-05', '2026-02-04'
       from apps a cross join generate_series(1, 60) n where a.client_id = $1`,
      [app.app.clientId],
    );
    await world.database.statement(
      `insert into disclosures (writer_id, seq, salt, account_id, app_id, grant_id, at, day, tool, purpose, field_names, record_count, outcome)
       select gen_random_uuid(), n, '', g.account_id, g.app_id, g.id, now(), current_date - 1 - n % 3, 'get_certificate_summary', 'fulfil_request',
         (select array_agg('f' || f) || ('only_' || n) from generate_series(1, 60) f), n, (array['answered', 'withheld', 'failed'])[1 + n % 3]
       from grants g join apps a on a.id = g.app_id cross join generate_series(1, 60) n where a.client_id = $1`,
      [app.app.clientId],
    );
  }

  const wire = async (tool: string, input: Record<string, unknown>) => {
    const { body } = await mcp(world.url, {
      accessToken: app.accessToken,
      method: 'tools/call',
      name: tool,
      params: { name: tool, arguments: input },
    });
    return Buffer.byteLength(body);
  };

  const lists: readonly (readonly [tool: string, key: string, all: number])[] = [
    ['search_certificates', 'certificates', count],
    ['search_recipients', 'recipients', count],
    ['list_certificate_lists', 'lists', 30],
    ['list_tls_orders', 'orders', 60],
    ['list_tls_certificates', 'tls_certificates', 60],
    ['list_privacy_requests', 'requests', 60],
  ];

  it.each(lists)(
    'gets under 8 kB from %s by default, under 100 kB at most, and every record by following the cursor',
    async (tool, key, all) => {
      const first = await app.call(tool);
      expect(rowsOf(first, key).length).toBeGreaterThan(0);
      expect(Buffer.byteLength(first.text ?? '')).toBeLessThan(listBytes);
      expect(await wire(tool, { limit: 50 })).toBeLessThan(wireBytes);
      for (const limit of [20, 50]) {
        const found = (await allPages(app, tool, key, { limit })).flat();
        expect(new Set(found.map((row) => Object.values(row)[0])).size).toBe(all);
        expect(found).toHaveLength(all);
      }
    },
  );

  it('gets under 8 kB of its own history by default, under 100 kB at most, and every day of it by following the cursor', async () => {
    const tool = 'get_disclosure_history';
    const first = await app.call(tool);
    expect(rowsOf(first, 'disclosures').length).toBeGreaterThan(0);
    expect(Buffer.byteLength(first.text ?? '')).toBeLessThan(listBytes);
    expect(await wire(tool, { limit: 50 })).toBeLessThan(wireBytes);
    for (const limit of [20, 50]) {
      const found = (await allPages(app, tool, 'disclosures', { limit })).flat();
      const filled = found.filter((row) => (row['field_names'] as string[]).includes('f1'));
      expect(filled.map((row) => row['record_count']).toSorted((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 60 }, (_, at) => at + 1),
      );
    }
  });

  it('gets under 8 kB of two hundred connected apps, this one first and all of them counted', async () => {
    const answer = await app.call('list_connected_apps');
    expect(Buffer.byteLength(answer.text ?? '')).toBeLessThan(listBytes);
    expect(rowsOf(answer, 'apps')[0]).toMatchObject({ is_this_app: true });
    expect(answer.structured?.['other_app_count']).toBe(203);
  });

  it('gets under 100 kB from every other tool, and is answered', async () => {
    const [found] = rowsOf(await app.call('search_certificates', { limit: 1 }), 'certificates');
    const [recipient] = rowsOf(await app.call('search_recipients', { limit: 1 }), 'recipients');
    const inputs: readonly (readonly [string, Record<string, unknown>])[] = [
      ['get_certificate_summary', { certificate: found?.['certificate'] }],
      ['get_recipient_summary', { recipient: recipient?.['recipient'] }],
      ['get_account_summary', {}],
      ['get_issuance_stats', { period: 'month' }],
      ['get_tls_expiry_report', {}],
      ['get_disclosure_history', { since_days: 90, limit: 50 }],
      ['explain_field_policy', {}],
    ];
    for (const [tool, input] of inputs) {
      expect([tool, (await app.call(tool, input)).error]).toEqual([tool, null]);
      expect([tool, (await wire(tool, input)) < wireBytes]).toEqual([tool, true]);
    }
  });

  it('has an answer that would still be heavier withheld by the gate, whatever the tool does', async () => {
    const heavy = defineTool({
      name: 'heavy',
      title: 'Heavy',
      description: 'A tool of this test.',
      scope: 'certificates:read',
      service: null,
      hints: { readOnly: true, destructive: false, idempotent: true },
      input: z.strictObject({ limit: z.int() }),
      output: z.strictObject({ certificates: z.array(certificate.pick({ title: true })), next_cursor: page.shape.next_cursor }),
      run: (_call, { limit }) =>
        Promise.resolve({ certificates: Array.from({ length: limit }, (_, at) => ({ title: wide(`${at}`) })), next_cursor: null }),
    });
    const gate = await openGate(world, { tools: [heavy] });
    const caller = await callerOf(world, app.accessToken);
    expect((await gate.disclose(caller, 'heavy', { limit: 40 })).code).toBeNull();
    const { answer, rows } = await withLedger(world, () => gate.disclose(caller, 'heavy', { limit: 200 }));
    expect([answer.code, answer.structured]).toEqual(['not_available', null]);
    expect(rows).toEqual([unanswered('heavy', 'withheld')]);
  });

  it('finds no list tool that isn’t tried here', () => {
    const paged = tools.filter((tool) => 'next_cursor' in (outputSchemaOf(tool)['properties'] as object)).map(({ name }) => name);
    expect(paged.toSorted()).toEqual([...lists.map(([tried]) => tried), 'get_disclosure_history'].toSorted());
  });
});
