import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/words/dates.ts';
import { launchChromium } from '../support/chromium.ts';
import { ada, callTool, connect, type ConnectedApp } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { tell } from '../support/told.ts';
import { openWorld, type World } from '../support/world.ts';

const longName = 'Zertifikatsablaufüberwachungsassistent für sehr große Organisationen';
const claude = 'https://claude.ai/oauth/client.json';
const document = {
  client_id: claude,
  client_name: 'Claude',
  redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};

let world: World;
let browser: Browser;
let long: ConnectedApp;

beforeAll(async () => {
  world = await openWorld({ demo: true, fetchClientDocument: () => Promise.resolve(Response.json(document)) });
  browser = await launchChromium();
  long = await connect(world, { name: longName, choices: { tick: 'all' } });
  await connect(world, { name: 'Old notebook plug-in' });
  const app = new OAuthApp({ origin: world.url, clientId: claude, redirectUri: 'https://claude.ai/api/mcp/auth_callback' });
  const { access_token: token } = await app.tokens(new Person(world.url), ada, { untick: ['analytics:read'] });
  await callTool(world.url, token, 'get_account_summary');
  await callTool(world.url, token, 'search_certificates', { limit: 5 });
  const today = dayOf(world.clock());
  const found = ['certificate', 'title', 'recipient_name', 'issued_on', 'expires_on', 'status', 'list_name'];
  for (const ago of [1, 2, 5, 9]) {
    const day = addDays(today, -ago);
    await tell(world, 'Claude', [
      { day, tool: 'search_certificates', fields: found, calls: 3, records: 20 },
      { day, tool: 'get_recipient_summary', fields: ['recipient', 'name', 'email_masked', 'certificate_count'], calls: 1 },
    ]);
  }
  await tell(world, longName, [
    { day: addDays(today, -3), tool: 'get_account_summary', fields: ['display_name', 'email', 'services', 'quota'] },
    { day: addDays(today, -3), tool: 'search_recipients', fields: ['recipient', 'name', 'email'], calls: 2, records: 50 },
    { day: addDays(today, -4), tool: 'search_certificates', fields: [], records: 0, outcome: 'withheld' },
  ]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

const looks = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const;

async function open(look: (typeof looks)[number]): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const [colorScheme, width] = look;
  const context = await browser.newContext({ javaScriptEnabled: false, colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  return { page, context, complaints };
}

/** Opens a page and signs in when asked. */
async function visit(page: Page, path: string): Promise<void> {
  await page.goto(`${world.url}${path}`);
  if ((await page.getByLabel('Password').count()) === 0) return;
  await page.getByLabel('E-mail address').fill(ada.email);
  await page.getByLabel('Password').fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function keep(page: Page, name: string, fullPage = true): Promise<void> {
  const directory = process.env['PICTURES'];
  if (directory) await page.screenshot({ path: join(directory, `${name}.png`), fullPage });
}

function card(page: Page, name: string) {
  return page.getByRole('article', { name });
}

describe('the dashboard in a real browser without scripts', () => {
  it.each(looks)('fits every page into the window (%s, %i wide)', async (...look) => {
    const { page, context, complaints } = await open(look);
    await visit(page, '/dashboard');
    const detail = await card(page, 'Claude').getByRole('link', { name: 'What it was told' }).getAttribute('href');
    const summary = await long.call('search_certificates', { limit: 1 });
    const [{ certificate } = { certificate: '' }] = (summary.structured?.['certificates'] ?? []) as { certificate: string }[];
    const one = await long.call('get_certificate_summary', { certificate });
    const address = new URL(String(one.structured?.['dashboard_url'])).pathname;
    const pages = {
      home: '/',
      apps: '/dashboard',
      app: detail,
      told: '/dashboard/disclosures?told=email',
      all: '/dashboard/disclosures',
      certificate: address,
    };
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(`${world.url}${path}`);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      const wide = await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth);
      expect([name, wide]).toEqual([name, false]);
      if (name === 'apps') await card(page, longName).locator('summary').click();
      await keep(page, `${name}-${look.join('-')}`);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('a person signs in, takes a scope away, pauses, resumes and revokes an app, each with one click (CF-10, BR-06)', async () => {
    const { page, context } = await open(['light', 1280]);
    const app = await connect(world, { name: 'Short-lived app' });
    await visit(page, '/dashboard');
    const mine = () => card(page, 'Short-lived app');
    await mine().locator('summary').click();
    await mine().getByLabel('Certificate titles').uncheck();
    await mine().getByRole('button', { name: 'Keep only what is ticked' }).click();
    await mine().locator('summary').click();
    expect(await mine().getByLabel('Certificate titles').count()).toBe(0);
    expect((await app.call('search_certificates')).status).toBe(403);

    await mine().getByRole('button', { name: 'Pause' }).press('Enter');
    expect(await mine().getByText('Paused').count()).toBe(1);
    expect((await app.call('get_account_summary')).structured).toBeNull();
    await mine().getByRole('button', { name: 'Resume' }).click();
    expect((await app.call('get_account_summary')).structured).not.toBeNull();

    await mine().getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('status').getByText('access revoked').waitFor();
    expect(await mine().count()).toBe(0);
    expect((await app.call('get_account_summary')).status).toBe(401);
    await page.getByText('Revoked apps').click();
    await page.getByRole('heading', { name: 'Short-lived app' }).waitFor();
    await keep(page, 'revoked');
    await context.close();
  });

  it('answers who was told a field at first sight: the owner’s address by itself, by app and day, and any other field that is asked about', async () => {
    const { page, context } = await open(['light', 1280]);
    await visit(page, '/dashboard/disclosures');
    const answer = (about: string) => page.getByRole('region', { name: `Who was told ${about}?` });
    const lines = (about: string) => answer(about).getByRole('listitem').allTextContents();
    expect((await lines('your e-mail address')).filter((line) => !line.includes('masked'))).toEqual([
      expect.stringMatching(/^\d+ \w{3} \d{4}Zertifikats.*in full, 1 time$/),
    ]);
    await page.getByLabel('Ask about').selectOption({ label: 'your recipients’ e-mail addresses' });
    await page.getByRole('button', { name: 'Show' }).click();
    await answer('your recipients’ e-mail addresses').waitFor();
    expect(await lines('your recipients’ e-mail addresses')).toContainEqual(expect.stringMatching(/Zertifikats.*in full, 2 times$/));
    expect(await page.getByRole('table').count()).toBe(0);
    await page.getByRole('link', { name: 'Everything that apps were told' }).click();
    await page.getByRole('table').waitFor();
    await context.close();
  });
});

describe('domain contact privacy in a real browser', () => {
  it.each(looks)('shows its warning, and is turned off and on again with clicks alone (%s, %i wide)', async (...look) => {
    const { page, context, complaints } = await open(look);
    const keep = async (name: string) => {
      expect([name, await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth)]).toEqual([name, false]);
      const directory = process.env['PICTURES'];
      if (directory) await page.screenshot({ path: join(directory, `${name}-${look.join('-')}.png`), fullPage: true });
    };
    await page.goto(`${world.url}/dashboard/domains`);
    await page.getByLabel('E-mail address').fill(ada.email);
    await page.getByLabel('Password').fill(ada.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await keep('domains');
    await page.getByRole('button', { name: 'Turn privacy off for academy.example' }).click();
    await keep('domain-warning');
    await page.getByLabel('I understand').check();
    await page.getByRole('button', { name: 'Make public' }).click();
    await page.getByRole('status').getByText('public now').waitFor();
    await keep('domain-public');
    await page.getByRole('button', { name: 'Turn privacy on for academy.example' }).click();
    await page.getByRole('status').getByText('private now').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
