import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf, canary, usedCheckout } from '../support/bundle.ts';

const root = join(import.meta.dirname, '../..');

describe('what is packed in a checkout that was used', () => {
  let checkout = '';
  let bundle: Readonly<Record<string, Uint8Array>> = {};

  beforeAll(async () => {
    checkout = await usedCheckout();
    bundle = await bundleOf(checkout);
  });
  afterAll(() => rm(checkout, { recursive: true, force: true }));

  it('a desktop bundle holds no key, no database, no settings and no results', () => {
    const ours = Object.keys(bundle).filter((path) => !path.startsWith('node_modules/'));
    expect(ours.toSorted()).toEqual(['LICENSE', 'desktop/bridge.mjs', 'manifest.json']);
    for (const [path, content] of Object.entries(bundle)) {
      expect(path).not.toMatch(/(?:^|\/)\.|\.(?:key|pem|env|log|sql)$/);
      expect(Buffer.from(content).includes(canary)).toBe(false);
    }
  });

  it('it holds the packages that the bridge loads, with their licences, and of the server’s none', () => {
    const packages = new Set(Object.keys(bundle).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
    for (const name of ['mcp-remote', 'express', 'open', 'strict-url-sanitise']) expect(packages).toContain(name);
    for (const name of ['oidc-provider', 'postgres', 'drizzle-orm', '@electric-sql', 'typescript', 'vitest'])
      expect(packages).not.toContain(name);
    expect(Object.keys(bundle).filter((path) => /\/licen[cs]e/i.test(path)).length).toBeGreaterThan(packages.size / 2);
    const size = Object.values(bundle).reduce((sum, content) => sum + content.length, 0);
    expect(size).toBeLessThan(10e6);
  });

  it('it is the same when it is made again', async () => {
    const first = await readFile(join(checkout, 'certveil.mcpb'));
    await bundleOf(checkout);
    expect((await readFile(join(checkout, 'certveil.mcpb'))).equals(first)).toBe(true);
  });

  it('npm pack takes the built program, its migrations and their documents, and nothing else', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: checkout });
    const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
    const paths = packed?.files.map(({ path }) => path) ?? [];
    expect(paths).toContain('dist/main.js');
    expect(paths.filter((path) => !/^(?:dist|drizzle)\//.test(path)).toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
  });

  it('the manifest in it is the one of the checkout', async () => {
    expect(Buffer.from(bundle['manifest.json'] ?? []).toString()).toBe(await readFile(join(root, 'manifest.json'), 'utf8'));
  });
});
