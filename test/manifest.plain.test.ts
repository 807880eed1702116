import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tools } from '../src/tools/index.ts';
import { version } from '../src/version.ts';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')) as {
  version: string;
  tools: { name: string; description: string }[];
  server: { entry_point: string };
};

describe('the desktop bundle’s manifest', () => {
  it('names every tool of the registry, as it describes itself', () => {
    expect(manifest.tools).toEqual(tools.map(({ name, description }) => ({ name, description })));
  });

  it('has the package’s version and an entry that is there', () => {
    expect(manifest.version).toBe(version);
    expect(existsSync(join(root, manifest.server.entry_point))).toBe(true);
  });
});
