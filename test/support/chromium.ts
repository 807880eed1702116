import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';
import { inject } from 'vitest';

/** Flags of the package that would switch off what browser tests are there to see. */
const unsafe = ['--disable-web-security', '--allow-running-insecure-content', '--single-process'];

const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-first-run',
];

/** A headless Chromium from npm, for `*.browser.test.ts`. Close it in `afterAll`. */
export async function launchChromium(): Promise<Browser> {
  const { directory } = inject('chromium');
  return playwright.launch({
    executablePath: join(directory, 'chromium'),
    args: [...chromium.args.filter((flag) => !unsafe.includes(flag)), ...quiet],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(directory, 'al2023/lib'),
      FONTCONFIG_PATH: join(directory, 'fonts'),
      TZ: 'UTC',
    },
  });
}
