import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayOf } from '../../src/words/dates.ts';
import { allScopes, scopes, type Scope } from '../../src/policy/scopes.ts';
import { capitalised, dayText } from '../../src/web/shell/format.tsx';
import { launchChromium } from '../support/chromium.ts';
import { ada, connect } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { openWorld, type World } from '../support/world.ts';

const claude = 'https://claude.ai/oauth/client.json';
const redirectUri = 'https://claude.ai/api/mcp/auth_callback';
const document = { client_id: claude, client_name: 'Claude', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' };
const hostileName = `\u202Eelgoog\u202C <b>Google</b><script>alert(1)</script> vouched for by google.com ${'Zertifikat'.repeat(20)}`;
const shownName = 'elgoog <b>Google</b><script>alert(1)</script> vouched for by google.com Zertifik';

let world: World;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  world = await openWorld({ demo: true, fetchClientDocument: () => Promise.resolve(Response.json(document)) });
  browser = await launchChromium();
  page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  await page.goto(`${world.url}/dashboard`);
  await page.getByLabel('E-mail address').fill(ada.email);
  await page.getByLabel('Password').fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** On a phone and a desktop, light and dark: nothing is wider than the window. */
async function fits(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth);
      expect([name, width, wide]).toEqual([name, width, false]);
      const directory = process.env['PICTURES'];
      if (directory) await page.screenshot({ path: join(directory, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    }
  }
  expect(complaints).toEqual([]);
}

const ask = (app: OAuthApp) => page.goto(app.authorization().url.href);
const main = () => page.getByRole('main').ariaSnapshot();

/** The checkboxes as a screen reader says them. */
async function checkboxes(): Promise<string[]> {
  return [...(await main()).matchAll(/checkbox "(.*)"( \[checked\])?$/gm)].map(([, name, checked]) => `${name}${checked ?? ''}`);
}

/** What `Vouched for by`, and the facts beside it, say. */
const facts = () => page.getByRole('definition').allInnerTexts();

const lines = (added: (scope: Scope) => boolean) =>
  allScopes.map((each) => `${capitalised(scopes[each].line)}${added(each) ? ' new' : ''}${scopes[each].ticked ? ' [checked]' : ''}`);

describe('the consent page in a real browser', () => {
  it('names the host that vouches for an app, and each scope by its line, with its fields as the description', async () => {
    await ask(new OAuthApp({ origin: world.url, clientId: claude, redirectUri }));
    expect(await facts()).toEqual(['Claude', 'claude.ai', 'claude.ai']);
    expect(await checkboxes()).toEqual(lines(() => false));
    const described = await page.getByRole('checkbox', { name: 'Your full e-mail address', exact: true }).getAttribute('aria-describedby');
    expect(await page.locator(`[id="${described}"]`).innerText()).toBe('Fields: your full e-mail address');
    expect(await page.getByRole('note').allInnerTexts()).toEqual([expect.stringContaining('falls under its vendor’s privacy policy')]);
    expect(await main()).toMatch(
      /heading "What it is never sent" \[level=2\]\n {2}- list:[^]*button "Allow what is ticked"\n {2}- button "Don’t connect"/,
    );
    await fits('consent-verified');
  });

  it('says of another that nobody vouches for it, and warns of one on this computer', async () => {
    await ask(await OAuthApp.register(world.url, { client_name: 'Notebook', redirect_uris: ['http://127.0.0.1/callback'] }));
    expect(await facts()).toEqual(['Notebook', 'unverified: the name is the app’s own claim', '127.0.0.1']);
    expect(await page.getByRole('note').first().innerText()).toMatch(/^This app runs on your own computer/);
    await fits('consent-unverified');
  });

  it('shows a hostile name as text of a bounded length that changes nothing around it', async () => {
    await ask(await OAuthApp.register(world.url, { client_name: hostileName }));
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(`Let ${shownName} see some of your data?`);
    expect(await facts()).toEqual([shownName, 'unverified: the name is the app’s own claim', 'app.example']);
    expect(await page.locator('script').count()).toBe(0);
    await fits('consent-hostile');
  });

  it('marks what is new when an app asks for more: scopes, and single fields of one that it has', async () => {
    const mine = await connect(world, { name: 'Comes back', choices: { untick: ['recipients:read'] } });
    await world.database.statement(
      `update grants set accepted_fields = array_remove(accepted_fields, 'account.quota') where app_id in (select id from apps where client_id = $1)`,
      [mine.app.clientId],
    );
    await ask(mine.app);
    expect(await checkboxes()).toEqual(lines((each) => !scopes[each].ticked || each === 'recipients:read'));
    expect(await page.locator('[id="fields-account:read"]').innerText()).toMatch(/\nnew your monthly quota$/);
    expect(await page.getByRole('note').first().innerText()).toContain('connected already');
    await fits('consent-more');
  });
});

describe('an app in the dashboard', () => {
  it('is told by name and state, with its buttons, what it was told and what was decided', async () => {
    const app = await connect(world, { name: hostileName, choices: { tick: ['account:email'] } });
    await app.call('get_account_summary');
    await page.goto(`${world.url}/dashboard`);
    const card = page.getByRole('article', { name: shownName });
    expect(await card.ariaSnapshot()).toMatch(/heading "elgoog[^]*text: Active[^]*definition: unverified[^]*link "What it was told"/);
    for (const name of ['Pause', 'Revoke'])
      expect(await card.getByRole('button', { name: `${name} ${shownName}`, exact: true }).count()).toBe(1);
    await fits('dashboard');
    await card.locator('summary').click();
    await card.getByLabel('Your full e-mail address').uncheck();
    await card.getByRole('button', { name: 'Keep only what is ticked' }).click();
    await card.getByRole('button', { name: 'Pause' }).click();
    await card.getByRole('link', { name: 'What it was told' }).click();
    expect(await main()).toMatch(/heading "elgoog[^]*\[level=1\]\n *- text: Paused/);
    expect(await page.getByRole('row').last().ariaSnapshot()).toMatch(/get_account_summary[^]*email[^]*Answered/);
    const today = dayText(dayOf(world.clock()));
    const history = page.getByRole('list').last().getByRole('listitem');
    const ticked = allScopes.filter((each) => scopes[each].ticked).map((each) => scopes[each].line);
    expect(await history.allInnerTexts()).toEqual([
      expect.stringMatching(new RegExp(`^${today}: You allowed it\n.*your full e-mail address`)),
      `${today}: Narrowed to\n${ticked.join('; ')}`,
      `${today}: You paused it`,
    ]);
    await fits('app');
  });

  it('leaves no room below a button in the account page’s tables', async () => {
    await page.goto(`${world.url}/dashboard/account`);
    const button = page.getByRole('button', { name: 'Stop mail: CertFusion' });
    const [inner, outer] = [await button.boundingBox(), await page.getByRole('cell').filter({ has: button }).boundingBox()];
    expect((outer?.y ?? 0) + (outer?.height ?? 99) - (inner?.y ?? 0) - (inner?.height ?? 0)).toBeLessThan(16);
    await fits('account');
  });
});
