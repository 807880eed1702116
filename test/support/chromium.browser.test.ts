import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';

describe('the browser that journeys use', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('keeps the same-origin policy, so that tests of it mean something', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.origin);
      response.setHeader('content-type', 'text/html').end('<h1>here</h1>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(await page.textContent('h1')).toBe('here');
    const foreign = `fetch('http://localhost:${port}/').then(() => 'read', () => 'refused')`;
    expect(await page.evaluate(foreign)).toBe('refused');
    expect(asked).toContain(`http://127.0.0.1:${port}`);
    await page.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it('opens two people side by side, each with cookies of their own', async () => {
    const [one, two] = await Promise.all([browser.newContext(), browser.newContext()]);
    await one.addCookies([{ name: 'who', value: 'one', url: 'http://localhost' }]);
    expect(await two.cookies()).toEqual([]);
    await one.close();
    await two.close();
  });
});
