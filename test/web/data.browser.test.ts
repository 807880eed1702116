import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { ada } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

describe('“Your data” in a real browser without scripts', () => {
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

  it.each([390, 1200])('fits a screen %i wide and has a heading for each category that is held', async (width) => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${world.url}/dashboard/data`);
    await page.getByLabel('E-mail address').fill(ada.email);
    await page.getByLabel('Password').fill(ada.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThan(8);
    expect(await page.locator('html').evaluate((html) => html.scrollWidth <= html.clientWidth)).toBe(true);
    const directory = process.env['PICTURES'];
    if (directory) await page.screenshot({ path: join(directory, `data-${width}.png`), fullPage: true });
    await context.close();
  });
});
