import { afterAll, beforeAll, it } from 'vitest';
import { addOwner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
it('scale', async () => {
  const apps: ConnectedApp[] = [];
  for (const [email, n] of [
    ['small@example.net', 10_000],
    ['big@example.net', 400_000],
  ] as const) {
    const owner = await addOwner(world, email);
    await world.database.statement(
      `insert into tls_certificates (account_id, fingerprint, serial_key, common_name, dns_names, ip_name_count, type, issuer, key_algorithm, valid_from, valid_until, revoked_on)
       select id, decode(md5(n::text), 'hex'), lpad(n::text, 8, '0'), 'h' || n || '.example', '{}', 0, case when n % 1000 = 0 then 'EV' else 'DV' end, 'x', 'RSA 2048', '2026-01-01', current_date - 700 + n % 1100, case when n % 100 = 0 then '2026-01-01'::date end
       from accounts cross join generate_series(1, $2::integer) n where email = $1`,
      [email, n],
    );
    await world.database.statement(
      `insert into tls_names select c.account_id, case when c.type = 'EV' then 'same.example' else c.common_name end, c.valid_until, c.serial_key, c.id from tls_certificates c join accounts a on a.id = c.account_id where a.email = $1`,
      [email],
    );
    apps.push(await connect(world, { owner, name: email }));
  }
  await world.database.statement('analyze', []);
  const cases: [string, string, object][] = [
    ['first', 'list_tls_certificates', {}],
    ['valid', 'list_tls_certificates', { status: 'valid' }],
    ['expired', 'list_tls_certificates', { status: 'expired' }],
    ['revoked', 'list_tls_certificates', { status: 'revoked' }],
    ['EV', 'list_tls_certificates', { type: 'EV' }],
    ['OV none', 'list_tls_certificates', { type: 'OV' }],
    ['EV revoked', 'list_tls_certificates', { type: 'EV', status: 'revoked' }],
    ['EV valid', 'list_tls_certificates', { type: 'EV', status: 'valid' }],
    ['domain', 'list_tls_certificates', { domain: 'same.example' }],
    ['domain none', 'list_tls_certificates', { domain: 'www.same.example' }],
    ['summary', 'get_tls_certificate_summary', { domain: 'same.example' }],
    ['report', 'get_tls_expiry_report', {}],
  ];
  for (const [name, tool, input] of cases) {
    const medians: number[] = [];
    let extra = '';
    for (const app of apps) {
      const times: number[] = [];
      for (let i = 0; i < 9; i += 1) {
        const t = performance.now();
        const a = await app.call(tool, input);
        times.push(performance.now() - t);
        extra = String(a.error ?? (a.structured?.['tls_certificates'] as unknown[] | undefined)?.length);
      }
      times.sort((a, b) => a - b);
      medians.push(Math.round((times[4] ?? 0) * 10) / 10);
    }
    console.log(name.padEnd(14), medians.join(' vs '), extra);
  }
}, 300_000);
