import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { ada, connect } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let browser: Browser;

beforeAll(async () => {
  world = await openWorld({ demo: true });
  browser = await launchChromium();
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

/** A certificate of each kind, with names of different scripts. */
const kinds = {
  valid: `c.revoked_on is null and c.expires_on > current_date and r.name = 'Ada Byron'`,
  expired: `c.revoked_on is null and c.expires_on < current_date and r.name ~ '[\u0600-\u06ff]'`,
  revoked: `c.revoked_on is not null`,
  chinese: `r.name ~ '[\u4e00-\u9fff]' and c.revoked_on is null`,
  devanagari: `r.name ~ '[\u0900-\u097f]' and c.revoked_on is null`,
  cyrillic: `r.name ~ '[\u0400-\u04ff]' and c.revoked_on is null`,
} as const;

async function codeOf(condition: string): Promise<{ code: string; name: string; number: string }> {
  const [row] = await world.database.statement<{ code: string; name: string; number: string }>(
    `select c.verification_code as code, r.name, c.public_number as number
     from certificates c join recipients r on r.id = c.recipient_id join accounts a on a.id = c.account_id
     where c.hidden_at is null and (${condition}) order by c.public_number limit 1`,
    [],
  );
  if (!row) throw new Error(`no certificate where ${condition}`);
  return row;
}

describe('a verification link in a real browser without scripts', () => {
  it.each(looks)('CS-11: fits into the window and asks no other host for anything (%s, %i wide)', async (colorScheme, width) => {
    const context = await browser.newContext({ javaScriptEnabled: false, colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const asked = new Set<string>();
    const complaints: string[] = [];
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    page.on('console', (message) => complaints.push(message.text()));
    for (const [kind, condition] of Object.entries(kinds)) {
      const { code, name } = await codeOf(condition);
      await page.goto(`${world.url}/v/${code}`);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      expect(await page.getByText(name, { exact: true }).count()).toBe(1);
      expect([kind, await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth)]).toEqual([kind, false]);
      const directory = process.env['PICTURES'];
      if (directory) await page.screenshot({ path: join(directory, `verify-${kind}-${colorScheme}-${width}.png`), fullPage: true });
    }
    expect([...asked]).toEqual([world.url]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(looks)(
    'the issuer makes a field shareable, and replaces a link, each with one click (%s, %i wide)',
    async (colorScheme, width) => {
      const context = await browser.newContext({ javaScriptEnabled: false, colorScheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      const keep = async (name: string) => {
        const directory = process.env['PICTURES'];
        if (directory) await page.screenshot({ path: join(directory, `${name}-${colorScheme}-${width}.png`), fullPage: true });
        expect([name, await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth)]).toEqual([name, false]);
      };
      await page.goto(`${world.url}/dashboard/lists`);
      await page.getByLabel('E-mail address').fill(ada.email);
      await page.getByLabel('Password').fill(ada.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await keep('lists');
      await page.getByRole('link', { name: 'Data Protection Basics' }).click();
      await page.getByRole('button', { name: /Make private\s+Grade/ }).click();
      await page.getByRole('status').getByText('private now').waitFor();
      await keep('list');
      await page.getByRole('button', { name: /Make shareable\s+Grade/ }).click();
      await page.getByRole('status').getByText('shareable now').waitFor();

      const code = await codeOf(`a.email = '${ada.email}'`);
      const app = await connect(world, { name: `App ${colorScheme} ${width}` });
      const found = await app.call('get_certificate_summary', { public_number: code.number });
      await page.goto(String(found.structured?.['dashboard_url']));
      await keep('certificate');
      const link = page.getByRole('link', { name: '/v/' });
      expect(await link.getAttribute('href')).toBe(`${world.url}/v/${code.code}`);
      await page.getByRole('button', { name: 'Replace the link' }).click();
      await page.getByRole('status').getByText('the link that holds now').waitFor();
      await link.click();
      await page.getByText('This certificate').first().waitFor();
      expect((await page.goto(`${world.url}/v/${code.code}`))?.status()).toBe(404);
      await keep('verify-withdrawn');
      await context.close();
    },
  );
});
