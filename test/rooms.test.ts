import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { house } from './support/house.ts';
import { importsOf, leftovers, violations, type House } from './support/rooms.ts';

const source = join(import.meta.dirname, '../src');

function found(files: Record<string, string>): string[] {
  return violations({ house, files: Object.entries(files).map(([path, text]) => ({ path, text })) });
}

function sources(): { path: string; text: string }[] {
  const paths = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => /\.[cm]?[jt]sx?$/.test(path));
  return paths.map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(source, path), 'utf8') }));
}

describe('the house', () => {
  it('keeps its rooms: every import points down the table, every vendor sits behind its room', () => {
    expect(sources().length).toBeGreaterThan(10);
    expect(violations({ house, files: sources() })).toEqual([]);
  });

  it('has no permission that nobody uses, and no file beside a folder of its name', () => {
    expect(leftovers({ house, files: sources() })).toEqual([]);
  });

  it('has a table that only points down, so there is no circle', () => {
    const upwards = house.rooms.flatMap(({ name, mayImport }, at) => {
      const above = house.rooms.slice(0, at).map((room) => room.name);
      return mayImport
        .filter((each) => !above.some((room) => each === room || each.startsWith(`${room}/`)))
        .map((each) => `${name} → ${each}`);
    });
    expect(upwards).toEqual([]);
  });
});

describe('the check of the house', () => {
  it.each([
    ['a folder that is not in the table', 'utils/text.ts', '', 'not in the table of rooms'],
    ['a folder that is not in the table, in a room that has rooms', 'store/writes/apps.ts', '', 'not in the table of rooms'],
    ['a file in src that is not in the table', 'helpers.ts', '', 'not in the table of rooms'],
    [
      'a room that may not be known',
      'web/apps/a.tsx',
      `import { tools } from '../../tools/index.ts';`,
      'web/apps may not import tools/index',
    ],
    ['an import upwards', 'policy/a.ts', `import { open } from '../store/engine/db.ts';`, 'policy may not import store/engine/db'],
    [
      'an import upwards between two rooms of one',
      'store/engine/a.ts',
      `import { apps } from '../apps/apps.ts';`,
      'store/engine may not import store/apps/apps',
    ],
    [
      'an import of a type upwards',
      'store/apps/a.ts',
      `import type { Gate } from '../../disclosure/gate.ts';`,
      'store/apps may not import disclosure/gate',
    ],
    [
      'more of a room than the file allowed',
      'web/shell/a.ts',
      `import { gate } from '../../disclosure/gate.ts';`,
      'web/shell may not import disclosure/gate',
    ],
    [
      'a file whose name only begins alike',
      'mcp/a.ts',
      `import { b } from '../oauth/metadata-old.ts';`,
      'mcp may not import oauth/metadata-old',
    ],
    ['the rest of oauth from mcp', 'mcp/server.ts', `import { grants } from '../oauth/grants.ts';`, 'mcp may not import oauth/grants'],
    ['drizzle outside store', 'web/shell/page.tsx', `import { eq } from 'drizzle-orm';`, 'imports drizzle-orm, which only store may'],
    ['a part of drizzle', 'jobs/sweep.ts', `import { x } from 'drizzle-orm/pg-core';`, 'imports drizzle-orm/pg-core, which only store may'],
    ['postgres outside store', 'main.ts', `import postgres from 'postgres';`, 'imports postgres, which only store may'],
    ['PGlite, imported later', 'server.ts', `await import('@electric-sql/pglite');`, 'imports @electric-sql/pglite, which only store may'],
    [
      'oidc-provider outside oauth',
      'web/shell/a.ts',
      `import type { X } from 'oidc-provider';`,
      'imports oidc-provider, which only oauth may',
    ],
    [
      'the MCP SDK outside mcp',
      'tools/a.ts',
      `export * from '@modelcontextprotocol/server';`,
      'imports @modelcontextprotocol/server, which only mcp may',
    ],
    ['hono outside web', 'oauth/a.ts', `import { Hono } from 'hono';`, 'imports hono, which only web and server.ts may'],
    ['a second importer of a vendor', 'jobs/a.ts', `import { fetch } from 'undici';`, 'imports undici, which only http may'],
    ['input and output in policy', 'policy/a.ts', `import { readFileSync } from 'node:fs';`, 'imports node:fs; policy may only zod'],
    ['server.ts imported by a room', 'jobs/a.ts', `import { makeApp } from '../server.ts';`, 'imports server.ts upwards'],
    ['server.ts imported by a lower file', 'build.ts', `import { makeApp } from './server.ts';`, 'imports server.ts upwards'],
    ['main.ts imported by server.ts', 'server.ts', `import './main.ts';`, 'imports main.ts upwards'],
    [
      'settings read by a room',
      'web/shell/a.ts',
      `import { readConfig } from '../../config/settings.ts';`,
      'imports more than types from config',
    ],
    ['the environment', 'web/shell/a.ts', `const mode = process.env['MODE'];`, 'reads the environment, which only config may'],
    ['the environment, taken apart', 'main.ts', `const { env } = process;`, 'reads the environment, which only config may'],
    ['the environment as an import', 'server.ts', `import { env } from 'node:process';`, 'reads the environment, which only config may'],
    ['the time of the machine', 'rights/a.ts', `const now = new Date();`, 'asks the machine for the time; take the clock'],
    ['the time as a number', 'rights/a.ts', `const now = Date.now();`, 'asks the machine for the time; take the clock'],
    [
      'an answer that is drafted beside the gate',
      'mcp/a.ts',
      `import { draftAnswer } from '../disclosure/draft.ts';`,
      'imports disclosure/draft.ts, which only disclosure/gate.ts may',
    ],
    [
      'an answer that calls itself released',
      'mcp/a.ts',
      `const a = b as unknown as Released;`,
      'makes a Released, which only disclosure/gate.ts may',
    ],
    ['a second class of released answers', 'disclosure/a.ts', `class Released {}`, 'makes a Released, which only disclosure/gate.ts may'],
    ['a long file', 'store/engine/a.ts', 'x;\n'.repeat(221), '221 lines, more than 220'],
    [
      'a file outside src',
      'tools/a.ts',
      `import { x } from '../../test/support/rooms.ts';`,
      'imports ../../test/support/rooms.ts from outside src',
    ],
    ['an import without its ending', 'store/engine/a.ts', `import { x } from './db';`, 'imports ./db without its ending'],
    ['an import that is computed', 'store/engine/a.ts', 'await import(`./${name}.ts`);', 'imports something computed'],
  ])('finds %s', (_, path, text, complaint) => {
    expect(found({ [path]: text })).toEqual([`${path}: ${complaint}`]);
  });

  it('finds a permission that nobody uses, and a file beside a folder of its name', () => {
    const small: House = { ...house, rooms: house.rooms.filter(({ name }) => name === 'crypto' || name === 'http') };
    const files = [
      { path: 'http/limits.ts', text: `import { derive } from '../crypto/derive.ts';` },
      { path: 'http/limits/table.ts', text: '' },
    ];
    expect(leftovers({ house: small, files })).toEqual(
      expect.arrayContaining(['http: needs no store/engine', 'http/limits.ts: beside a folder of its name']),
    );
    expect(leftovers({ house: small, files })).not.toContain('http: needs no crypto');
  });

  it('lets be what is allowed', () => {
    const files = {
      'main.ts': `import { makeApp } from './server.ts';\nprocess.exitCode = 1;\nconst { pid } = process.versions;`,
      'server.ts': `import { Hono } from 'hono';\nimport { serve } from '@hono/node-server';\nimport { gate } from './disclosure/gate.ts';`,
      'config/settings.ts': `import { services } from '../policy/classes.ts';\nexport const read = (environment = process.env) => environment;`,
      'words/dates.ts': `export const clock = () => new Date();`,
      'rights/erasure.ts': `import { erase } from '../store/rights/erasure.ts';\nimport { due } from './deadlines.ts';`,
      'mcp/server.ts': `import { check } from '../crypto/digest.ts';\nimport { Server } from '@modelcontextprotocol/server';`,
      'web/shell/page.tsx': `import type { Config } from '../../config/settings.ts';\nimport { AppError } from '../../errors.ts';\nconst at = new Date(row.at);`,
      'commands/demo.ts': `import { readConfig } from '../config/settings.ts';\nimport { makeDemo } from '../demo/make-demo.ts';`,
      'store/engine/a.ts': 'x;\n'.repeat(220),
    };
    expect(found(files)).toEqual([]);
  });
});

describe('the reading of imports', () => {
  it.each([
    [`import a from 'x';`, 'x', false],
    [`import * as a from "x";`, 'x', false],
    [`import a, { b } from 'x';`, 'x', false],
    [`import a, * as b from 'x';`, 'x', false],
    [`import {\n  a,\n  b as c,\n} from 'x';`, 'x', false],
    [`import type { a } from 'x';`, 'x', true],
    [`import { type a, type b } from 'x';`, 'x', true],
    [`import { type a, b } from 'x';`, 'x', false],
    [`import 'x';`, 'x', false],
    [`export * from 'x';`, 'x', false],
    [`export * as a from 'x';`, 'x', false],
    [`export { a } from 'x';`, 'x', false],
    [`export type { a } from 'x';`, 'x', true],
    [`const a = await import('x');`, 'x', false],
    [`type A = import('x').A;`, 'x', false],
    [`const a = require('x');`, 'x', false],
    [`const a = await import(name);`, null, false],
    ['const a = await import(`x/${name}`);', null, false],
  ])('understands %s', (text, specifier, typeOnly) => {
    expect(importsOf(text)).toEqual([{ specifier, typeOnly }]);
  });

  it('is not misled by words that only look like imports', () => {
    expect(
      importsOf(`export const from = Buffer.from('x');\nconst important = 'import';\nimport.meta.url;\nconst text = { from: 'x' };`),
    ).toEqual([]);
  });
});
