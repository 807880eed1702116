import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { addPerson, startOAuthServer, type OAuthServer, type TestAccount } from '../support/oauth-server.ts';

let server: OAuthServer;
let browser: Browser;
let ada: TestAccount;

beforeAll(async () => {
  server = await startOAuthServer();
  ada = await addPerson(server, 'ada@example.com');
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function signInWith(page: Page): Promise<void> {
  await page.getByLabel('E-mail address').fill(ada.email);
  await page.getByLabel('Password').fill(ada.password);
  await page.getByLabel('Password').press('Enter');
}

async function keep(page: Page, name: string): Promise<void> {
  const directory = process.env['PICTURES'];
  if (directory) await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
}

describe('in a real browser without scripts', () => {
  it.each([
    ['light', 1100],
    ['dark', 1100],
    ['light', 380],
  ] as const)('a person signs in, consents by keyboard and goes back to the app (%s, %i wide)', async (colorScheme, width) => {
    const context = await browser.newContext({ javaScriptEnabled: false, colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    const app = await OAuthApp.register(server.origin, { redirect_uris: ['http://127.0.0.1/callback'] });
    const local = new OAuthApp({ origin: server.origin, clientId: app.clientId, redirectUri: `${server.origin}/callback` });
    await page.goto(local.authorization().url.href);
    await keep(page, `sign-in-${colorScheme}-${width}`);
    await signInWith(page);
    await page.getByRole('heading', { name: 'Let Example app see some of your data?' }).waitFor();
    await keep(page, `consent-${colorScheme}-${width}`);
    expect(await page.getByText('This app runs on your own computer').count()).toBe(1);
    const wide = await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth);
    expect(wide).toBe(false);
    await page.getByRole('checkbox', { name: 'your display name' }).press('Space');
    await page.getByRole('button', { name: 'Allow what is ticked' }).press('Enter');
    await page.waitForURL(/\/callback\?/);
    expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
    expect(complaints.filter((each) => /Content Security Policy|Refused/.test(each))).toEqual([]);
    const [row] = await server.db.database.statement<{ scopes: string[] }>(
      'select g.scopes from grants g join apps a on a.id = g.app_id where a.client_id = $1',
      [app.clientId],
    );
    expect(row?.scopes).not.toContain('account:read');
    expect(row?.scopes).toContain('tls:read');
    await context.close();
  });

  it('a session ends with the browser, and signing out works from a page', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.origin}/dashboard`);
    await signInWith(page);
    await page.waitForURL(`${server.origin}/dashboard`);
    const session = (await context.cookies()).find(({ name }) => name === 'session');
    expect(session).toMatchObject({ expires: -1, httpOnly: true, sameSite: 'Lax' });
    await context.close();
  });

  it('a person sees where a stranger’s link leads before they go there, and who describes an app that returns elsewhere', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 380, height: 900 } });
    const page = await context.newPage();
    const shows = async (name: string) => {
      await keep(page, name);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth)).toBe(false);
      return page.getByRole('main').innerText();
    };
    const stranger = await OAuthApp.register(server.origin, { redirect_uris: [`${server.origin}/callback`], client_name: 'CIaude' });
    await page.goto(stranger.authorization({ scope: 'bogus' }).url.href);
    expect(await shows('stranger')).toContain('anybody can make a link like the one that brought you here');
    await page.getByRole('link', { name: /^Go on to 127/ }).press('Enter');
    await page.waitForURL(/\/callback\?error=invalid_scope/);
    const clientId = `https://files.example/${'mallory/'.repeat(20)}claude.json`;
    const redirectUri = 'https://claude-ai.example/callback';
    server.documents.set(clientId, { client_id: clientId, client_name: 'Claude', redirect_uris: [redirectUri] });
    await page.goto(new OAuthApp({ origin: server.origin, clientId, redirectUri }).authorization().url.href);
    const shown = await shows('described-elsewhere');
    expect([shown.includes(clientId), shown.includes('isn’t the one that gets your answer')]).toEqual([true, true]);
    await context.close();
  });
});
