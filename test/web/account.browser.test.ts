import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { ada } from '../support/connect.ts';
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

describe('account and password pages in a browser', () => {
  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('fit, %s at %i pixels, and work without scripts', async (colorScheme, width) => {
    const context = await browser.newContext({ javaScriptEnabled: false, colorScheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    const keep = async (name: string) => {
      const directory = process.env['PICTURES'];
      if (directory) await page.screenshot({ path: join(directory, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    };
    await page.goto(`${world.url}/sign-in?to=/dashboard/account`);
    await keep('sign-in');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('E-mail address').fill('nobody@example.com');
    await keep('reset');
    await page.getByRole('button', { name: 'Mail me a link' }).click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await keep('reset-asked');
    await page.goto(`${world.url}/sign-in?to=/dashboard/account`);
    await page.getByLabel('E-mail address').fill(ada.email);
    await page.getByLabel('Password').fill(ada.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
    await page.getByRole('button', { name: 'Stop mail: CertumSSL' }).click();
    await page.getByRole('status').getByText('It holds from now on').waitFor();
    await keep('account');
    expect(await page.getByRole('button', { name: 'Allow mail: CertumSSL' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Allow mail: CertumSSL' }).click();
    expect(await page.getByText('This browser').count()).toBe(1);
    const wide = await page.locator('html').evaluate((html) => html.scrollWidth > html.clientWidth);
    expect(wide).toBe(false);
    await context.close();
  });
});
