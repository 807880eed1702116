import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { ada, connect, type ConnectedApp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

describe('“ask the assistant to delete my data”, in a real browser without scripts', () => {
  let world: World;
  let browser: Browser;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    browser = await launchChromium();
    app = await connect(world, { choices: { tick: 'all' } });
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  async function keep(page: Page, name: string): Promise<void> {
    const directory = process.env['PICTURES'];
    if (directory) await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
  }

  async function open(width: number): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 900 } });
    return context.newPage();
  }

  async function visit(page: Page, address: string): Promise<void> {
    await page.goto(address);
    if ((await page.getByLabel('Password').count()) === 0) return;
    await page.getByLabel('E-mail address').fill(ada.email);
    await page.getByLabel('Password').fill(ada.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  const file = async (service: string) => {
    const { structured } = await app.call('file_privacy_request', { kind: 'erasure', service });
    return String(structured?.['dashboard_url']);
  };

  const fits = async (page: Page) => page.locator('html').evaluate((html) => html.scrollWidth <= html.clientWidth);

  it('the owner’s own requests come first, those of apps after them, and what apps took back is folded', async () => {
    const page = await open(390);
    const takenBack = await app.call('file_privacy_request', { kind: 'portability', service: 'certumssl' });
    await app.call('cancel_privacy_request', { request: takenBack.structured?.['request'] });
    await file('certumssl');
    await visit(page, `${world.url}/dashboard/requests`);
    await page.getByLabel('What do you ask for?').selectOption('objection');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.goto(`${world.url}/dashboard/requests`);
    const captions = await page.getByRole('table').locator('caption').allInnerTexts();
    expect(captions.slice(0, 2)).toEqual(['Your requests, newest first', 'Filed by apps, newest first']);
    const folded = page.getByText('My data to take elsewhere').first();
    expect([await folded.isVisible(), await fits(page)]).toEqual([false, true]);
    await keep(page, 'requests-phone');
    await page.getByText('Requests that apps filed and took back').click();
    expect([await folded.isVisible(), await fits(page)]).toEqual([true, true]);
    await keep(page, 'requests-phone-open');
  });

  it('CS-41, CS-45: a copy of everything is asked for, confirmed and downloaded, as JSON and by category as CSV', async () => {
    const page = await open(390);
    await visit(page, `${world.url}/dashboard/requests`);
    await page.getByLabel('What do you ask for?').selectOption('access');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Your data is ready' }).waitFor();
    const fetched = async (link: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link, exact: true }).click()]);
      return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
    };
    const json = await fetched('Download everything as JSON');
    expect(json.name).toBe('certveil-export.json');
    const { data } = JSON.parse(json.text) as { data: { accounts: { email: string }[]; recipients: object[] } };
    expect(data.accounts).toMatchObject([{ email: ada.email }]);
    await page.getByText('One category as CSV').click();
    expect(await fits(page)).toBe(true);
    await keep(page, 'download-phone');
    const csv = await fetched('recipients');
    expect(csv.name).toBe('certveil-recipients.csv');
    expect(csv.text.trimEnd().split('\r\n')).toHaveLength(data.recipients.length + 1);
    await page.setViewportSize({ width: 1280, height: 900 });
    await keep(page, 'download-desktop');
  });

  it('files by tool, is confirmed in the dashboard, and what stays is explained (CS-43, CS-52)', async () => {
    const [fusion, ssl] = [await file('certfusion'), await file('certumssl')];
    const page = await open(390);
    await visit(page, fusion);
    await page.getByText('This can’t be undone').waitFor();
    await page.getByText('by the app “Example app”').waitFor();
    expect(await fits(page)).toBe(true);
    await keep(page, 'request-confirm-phone');
    await page.goto(`${world.url}/dashboard/requests`);
    expect(await page.getByText('Waits for you to confirm').count()).toBe(4);
    expect(await fits(page)).toBe(true);
    await keep(page, 'requests-phone');
    await page.goto(fusion);
    await page.getByLabel('Why should it be deleted?').selectOption('consent_withdrawn');
    await page.getByLabel('Where do you live?').selectOption('eea');
    await page.getByRole('button', { name: 'Confirm: delete my data' }).click();
    await page.getByRole('heading', { name: 'What was deleted' }).waitFor();
    expect((await app.call('get_account_summary')).status).toBe(401);
    await keep(page, 'request-done-phone');

    const wide = await open(1280);
    await visit(wide, `${world.url}/dashboard/requests`);
    for (const [looking, size] of [
      [page, 'phone'],
      [wide, 'desktop'],
    ] as const) {
      await looking.goto(`${world.url}/contact`);
      await looking.getByRole('button', { name: 'Deactivate CertumSSL' }).waitFor();
      expect(await fits(looking)).toBe(true);
      await keep(looking, `contact-${size}`);
    }
    await wide.goto(`${world.url}/dashboard/requests`);
    await keep(wide, 'requests-desktop');
    await wide.goto(ssl);
    await wide.getByLabel('Why should it be deleted?').selectOption('no_longer_necessary');
    await wide.getByRole('button', { name: 'Confirm: delete my data' }).click();
    await wide.getByRole('heading', { name: 'Your data is deleted' }).waitFor();
    const stays = wide.getByRole('listitem').filter({ hasText: 'CS-52' });
    expect(await stays.textContent()).toMatch(/transactions and invoices.*until.*Tax law/);
    await keep(wide, 'closed-desktop');
    await visit(wide, `${world.url}/dashboard/requests`);
    expect(await wide.getByRole('heading', { name: 'Privacy requests' }).count()).toBe(0);
  });
});
