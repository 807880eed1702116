import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    chromium: { directory: string };
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache');
const directory = join(cache, 'certveil-chromium');
const unpack = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;

/** The package's own file names directories of another machine; without any font, the first text field ends the browser. */
const fontsConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(directory, 'fonts/fonts')}</dir>
  <cachedir>${join(directory, 'fonts/cache')}</cachedir>
</fontconfig>
`;

/** Unpacks Chromium with its own system libraries, once per installation; the move makes a half-unpacked one impossible. */
export async function setup(project: TestProject): Promise<void> {
  if (!existsSync(join(directory, 'chromium'))) {
    await mkdir(cache, { recursive: true });
    const partial = await mkdtemp(join(cache, 'unpacking-'));
    const env = { ...process.env, TMPDIR: partial, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], { cwd: root, env });
    await rm(directory, { recursive: true, force: true });
    await rename(partial, directory);
  }
  await writeFile(join(directory, 'fonts/fonts.conf'), fontsConfiguration);
  project.provide('chromium', { directory });
}
