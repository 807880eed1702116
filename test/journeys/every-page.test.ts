import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { linkedCertificate } from '../support/verification-links.ts';
import { validInputs } from '../support/valid-inputs.ts';
import { openWorld, type World } from '../support/world.ts';

const handle = '[a-z]+_[0-9a-z]{26}';
/** Every address that an owner reaches by links; `*` stands for a handle. */
const linked = [
  '/',
  '/contact',
  '/dashboard',
  '/dashboard/account',
  '/dashboard/apps/*',
  '/dashboard/apps/*/consent.json',
  '/dashboard/data',
  '/dashboard/disclosures',
  '/dashboard/disclosures.csv',
  '/dashboard/disclosures/heads.json',
  '/dashboard/domains',
  '/dashboard/lists',
  '/dashboard/lists/*',
  '/dashboard/requests',
  '/dashboard/requests/*',
  '/privacy/certfusion',
  '/privacy/certumssl',
  '/promises',
];
const forPrograms = ['/api/apps', '/api/disclosures', '/api/requests', '/api/retention', '/api/apps/*'];

describe('every page', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world, { choices: { tick: 'all' } });
    await app.call('file_privacy_request', (await validInputs(app))['file_privacy_request']);
  });
  afterAll(() => world.close());

  it('that an owner reaches by links is there, each link of one leads to another, and the JSON for programs too', async () => {
    const { person } = app;
    const waiting = ['/dashboard', '/dashboard/data', '/api/requests', '/api/retention', '/api/disclosures', '/api/apps'];
    const seen = new Map<string, number>();
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const kind = path.replace(/\?.*/, '').replaceAll(new RegExp(handle, 'g'), '*');
      if (seen.has(kind)) continue;
      const { status, body, url } = await person.get(path);
      seen.set(kind, status);
      const links = [...body.matchAll(/href="(\/[^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&').replace(/#.*/, ''));
      waiting.push(...links.filter((href) => !href.startsWith('/v/')));
      for (const [found] of url.pathname === '/api/apps' ? body.matchAll(/app_[0-9a-z]{26}/g) : []) waiting.push(`/api/apps/${found}`);
    }
    expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
    expect([...linked, ...forPrograms].filter((kind) => !seen.has(kind))).toEqual([]);
  });

  const noted = async (certificateId: string): Promise<readonly [views: number, downloads: number]> => {
    const rows = await world.database.statement<{ kind: string }>('select kind from verification_events where certificate_id = $1', [
      certificateId,
    ]);
    const views = rows.filter(({ kind }) => kind === 'view').length;
    return [views, rows.length - views];
  };

  it('of one certificate is there for its owner, and its verification link for everybody, with its PDF', async () => {
    const { certificate } = (await validInputs(app))['get_certificate_summary'] ?? {};
    const { dashboard_url: address } = (await app.call('get_certificate_summary', { certificate })).structured ?? {};
    expect(String(address)).toContain('/dashboard/certificates/');
    expect((await app.person.get(String(address))).status).toBe(200);
    const { code, title, id } = await linkedCertificate(world, 0);
    const before = await noted(id);
    const shown = await fetch(`${world.url}/v/${code}`);
    expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining(title)]);
    const pdf = await fetch(`${world.url}/v/${code}/certificate.pdf`);
    expect([
      pdf.status,
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ]).toEqual([200, '%PDF-']);
    const [views, downloads] = await noted(id);
    expect([views - before[0], downloads - before[1]]).toEqual([1, 1]);
  });
});
