import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayOf, systemClock } from '../../../src/words/dates.ts';
import { openInspector, type Inspector } from '../../support/inspector.ts';
import { openInstallation, type Installation } from '../../support/installation.ts';
import { startServer, type ServerProcess } from '../../support/server-process.ts';
import type { Row } from '../../support/pages.ts';

const today = dayOf(systemClock());
const ofAda = `account_id = (select id from accounts where email = 'ada@example.com') and hidden_at is null`;
const shortBytes = 8_000;

describe('a developer asks the demo in the MCP Inspector (BR-07)', { timeout: 120_000 }, () => {
  let place: Installation;
  let server: ServerProcess;
  let inspector: Inspector;

  beforeAll(async () => {
    place = await openInstallation();
    server = await startServer(place.settings);
    inspector = await openInspector(server.url, { choices: [{ tick: 'all' }] });
    const listed = await inspector.run('--protocol-era', 'modern', '--method', 'tools/list');
    if (listed.code !== 0) throw new Error(`the Inspector could not sign in: ${listed.code}`);
  });
  afterAll(async () => {
    await inspector.close();
    await server.kill();
    await place.close();
  });

  /** The structured answer, which is short. */
  async function ask(tool: string, ...given: readonly string[]): Promise<Row> {
    const options = ['--protocol-era', 'modern', '--stored-auth-only', '--method', 'tools/call', '--tool-name', tool];
    const { code, result } = await inspector.run(...options, ...(given.length > 0 ? ['--tool-arg', ...given] : []));
    expect([tool, code]).toEqual([tool, 0]);
    const { structuredContent } = (result as { result: { structuredContent: Row } }).result;
    expect(Buffer.byteLength(JSON.stringify(structuredContent))).toBeLessThan(shortBytes);
    return structuredContent;
  }
  const facts = (text: string, ...parameters: readonly string[]): Promise<Row[]> =>
    place.inspect(({ statement }) => statement<Row>(text, parameters));

  it('which certificates expire in the next 30 days?', async () => {
    const { certificates } = await ask('search_certificates', 'status=valid', `expires_before=${addDays(today, 31)}`);
    const due = await facts(
      `select c.title, r.name as recipient_name, c.expires_on::text as expires_on from certificates c join recipients r on r.id = c.recipient_id
       where c.${ofAda.replace('hidden_at', 'c.hidden_at')} and c.revoked_on is null and c.expires_on between $1::date and $1::date + 30
       order by c.expires_on, c.public_number`,
      today,
    );
    expect(due.length).toBeGreaterThan(2);
    expect(certificates).toMatchObject(due);
    expect(certificates).toHaveLength(due.length);
    const { buckets } = (await ask('get_tls_expiry_report', 'within_days=30')) as { buckets: readonly Row[] };
    const counts = Object.fromEntries(buckets.map(({ bucket, count }) => [bucket, count]));
    const [soon] = await facts(
      `select count(*) filter (where valid_until <= $1::date + 7)::integer as week, count(*)::integer as month from tls_certificates
       where ${ofAda} and revoked_on is null and valid_until between $1::date and $1::date + 30`,
      today,
    );
    expect(soon?.['week']).toBeGreaterThan(0);
    expect([counts['7_days'], Number(counts['7_days']) + Number(counts['30_days'])]).toEqual([soon?.['week'], soon?.['month']]);
  });

  it('has this recipient had their certificate?', async () => {
    const { recipients } = (await ask('search_recipients', 'query=ada byron')) as { recipients: readonly Row[] };
    const [found] = recipients;
    expect([recipients.length > 0, found?.['name']]).toEqual([true, 'Ada Byron']);
    const summary = await ask('get_recipient_summary', `recipient=${String(found?.['recipient'])}`);
    const held = await facts(
      `select c.title, c.issued_on::text as issued_on from certificates c join recipients r on r.id = c.recipient_id join lists l on l.id = c.list_id
       where c.${ofAda.replace('hidden_at', 'c.hidden_at')} and r.name = 'Ada Byron'`,
    );
    expect(held.length).toBeGreaterThan(0);
    const certificates = summary['certificates'] as readonly Row[];
    expect(certificates.length).toBe(found?.['certificate_count']);
    expect(held).toEqual(expect.arrayContaining(certificates.map(({ title, issued_on }) => ({ title, issued_on }))));
  });

  it('how many did we issue this quarter, and how much quota is left?', async () => {
    const { periods } = (await ask('get_issuance_stats', 'period=quarter')) as { periods: readonly Row[] };
    const [issued] = await facts(
      `select to_char($1::date, 'YYYY-"Q"Q') as period, count(*)::integer as issued from certificates
       where ${ofAda} and issued_on between date_trunc('quarter', $1::date)::date and $1::date`,
      today,
    );
    expect(Number(issued?.['issued'])).toBeGreaterThan(0);
    expect(periods[0]).toMatchObject(issued ?? {});
    const { quota } = await ask('get_account_summary');
    const [left] = await facts(
      `select used, monthly_limit as "limit", monthly_limit - used as remaining, period_ends_on::text as period_ends_on from quotas
       where account_id = (select id from accounts where email = 'ada@example.com')`,
    );
    expect(quota).toEqual(left);
  });

  it('were May’s certificates opened?', async () => {
    const { lists } = (await ask('list_certificate_lists')) as { lists: readonly Row[] };
    const may = `${today.slice(5) < '06-01' ? Number(today.slice(0, 4)) - 1 : today.slice(0, 4)}-05`;
    const told = await Promise.all(
      lists.map(async ({ list, name }) => {
        const { months } = (await ask('get_verification_activity', `list=${String(list)}`, 'months=12')) as { months: readonly Row[] };
        return { name, views: months.find(({ month }) => month === may)?.['views'] };
      }),
    );
    const opened = await facts(
      `select l.name, count(*) filter (where e.kind = 'view')::integer as views, count(distinct e.certificate_id) filter (where e.kind = 'view')::integer as over
       from lists l left join certificates c on c.list_id = l.id
       left join verification_events e on e.certificate_id = c.id and to_char(e.at at time zone 'UTC', 'YYYY-MM') = $1
       where l.${ofAda.replace('hidden_at', 'l.hidden_at')} group by l.name, l.name_key order by l.name_key`,
      may,
    );
    const expected = opened.map(({ name, views, over }) => ({
      name,
      views: Number(views) >= 5 && Number(over) >= 5 ? views : 'suppressed',
    }));
    expect(told).toEqual(expected);
    expect(told.some(({ views }) => views !== 'suppressed')).toBe(true);
  });

  it('is my name public for this domain?', async () => {
    const { exposure_periods: periods, ...shop } = await ask('get_domain_contact_privacy', 'domain=shop.academy.example');
    expect(shop).toEqual({
      domain: 'shop.academy.example',
      privacy_on: false,
      published_field_names: ['organisation', 'email'],
      recall_possible: false,
      required_by: 'ca_policy',
    });
    expect(periods).toEqual([{ started_on: addDays(today, -60), ended_on: null }]);
    expect(await ask('get_domain_contact_privacy', 'domain=academy.example')).toMatchObject({
      privacy_on: true,
      published_field_names: [],
    });
  });
});
