import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, violations, type House } from './support/rooms.ts';

/** The rooms in their order: a room knows only rooms above it in this table. */
const house: House = {
  rooms: [
    { name: 'policy', mayImport: [] },
    { name: 'store', mayImport: ['policy'] },
    { name: 'disclosure', mayImport: ['policy', 'store'] },
    { name: 'oauth', mayImport: ['policy', 'store'] },
    { name: 'rights', mayImport: ['policy', 'store', 'disclosure/ledger', 'oauth/grants'] },
    { name: 'tools', mayImport: ['policy', 'disclosure', 'rights', 'oauth/grants'] },
    { name: 'mcp', mayImport: ['policy', 'tools', 'disclosure', 'oauth/tokens', 'oauth/metadata'] },
    // The dashboard names its records by handles of the account's own.
    { name: 'web', mayImport: ['policy', 'store', 'disclosure/ledger', 'disclosure/handles', 'oauth', 'rights'] },
    { name: 'ingest', mayImport: ['policy', 'store'] },
    { name: 'jobs', mayImport: ['policy', 'store', 'rights'] },
    { name: 'demo', mayImport: ['policy', 'store', 'ingest', 'jobs'] },
    { name: 'commands', mayImport: ['policy', 'store', 'disclosure', 'oauth', 'rights', 'ingest', 'jobs', 'demo'], readsSettings: true },
  ],
  topFiles: ['errors.ts', 'version.ts', 'build.ts', 'config.ts', 'log.ts', 'metrics.ts', 'front.ts', 'app.ts', 'main.ts'],
  shared: ['errors.ts', 'version.ts', 'build.ts', 'log.ts', 'config.ts'],
  typesOnly: ['config.ts'],
  vendors: {
    'drizzle-orm': ['store'],
    postgres: ['store'],
    '@electric-sql/*': ['store'],
    'oidc-provider': ['oauth'],
    nodemailer: ['jobs'],
    '@modelcontextprotocol/*': ['mcp'],
    hono: ['web', 'app.ts'],
    '@hono/*': ['web', 'app.ts'],
    pdfkit: ['web'],
    'bidi-js': ['web'],
  },
  packagesOf: { policy: ['zod'] },
  maxLines: 220,
};

const source = join(import.meta.dirname, '../src');

function found(files: Record<string, string>): string[] {
  return violations({ house, files: Object.entries(files).map(([path, text]) => ({ path, text })) });
}

describe('the house', () => {
  it('keeps its rooms: every import points down the table, every vendor sits behind its room', () => {
    const paths = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => /\.[cm]?[jt]sx?$/.test(path));
    const files = paths.map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(source, path), 'utf8') }));
    expect(files.length).toBeGreaterThan(10);
    expect(violations({ house, files })).toEqual([]);
  });

  it('has a table that only points down', () => {
    const above = new Set<string>();
    for (const { name, mayImport } of house.rooms) {
      expect(mayImport.map((each) => each.split('/')[0]).filter((each) => !above.has(each ?? ''))).toEqual([]);
      above.add(name);
    }
  });
});

describe('the check of the house', () => {
  it.each([
    ['a folder that is not in the table', 'utils/text.ts', '', 'not in the table of rooms'],
    ['a file in src that is not in the table', 'helpers.ts', '', 'not in the table of rooms'],
    ['a room that may not be known', 'web/apps.tsx', `import { tools } from '../tools/index.ts';`, 'web may not import tools/index'],
    ['an import upwards', 'policy/fields.ts', `import { open } from '../store/db.ts';`, 'policy may not import store/db'],
    [
      'an import of a type upwards',
      'store/db.ts',
      `import type { Gate } from '../disclosure/gate.ts';`,
      'store may not import disclosure/gate',
    ],
    [
      'more of a room than the file allowed',
      'rights/erasure.ts',
      `import { gate } from '../disclosure/gate.ts';`,
      'rights may not import disclosure/gate',
    ],
    [
      'a file whose name only begins alike',
      'tools/a.ts',
      `import { b } from '../oauth/grants-old.ts';`,
      'tools may not import oauth/grants-old',
    ],
    ['the rest of oauth from mcp', 'mcp/server.ts', `import { grants } from '../oauth/grants.ts';`, 'mcp may not import oauth/grants'],
    ['the gate from web', 'web/page.tsx', `export { gate } from '../disclosure/gate.ts';`, 'web may not import disclosure/gate'],
    ['drizzle outside store', 'web/page.tsx', `import { eq } from 'drizzle-orm';`, 'imports drizzle-orm, which only store may'],
    ['a part of drizzle', 'jobs/sweep.ts', `import { x } from 'drizzle-orm/pg-core';`, 'imports drizzle-orm/pg-core, which only store may'],
    ['postgres outside store', 'main.ts', `import postgres from 'postgres';`, 'imports postgres, which only store may'],
    ['PGlite, imported later', 'app.ts', `await import('@electric-sql/pglite');`, 'imports @electric-sql/pglite, which only store may'],
    ['oidc-provider outside oauth', 'web/a.ts', `import type { X } from 'oidc-provider';`, 'imports oidc-provider, which only oauth may'],
    [
      'the MCP SDK outside mcp',
      'tools/a.ts',
      `export * from '@modelcontextprotocol/server';`,
      'imports @modelcontextprotocol/server, which only mcp may',
    ],
    ['hono outside web', 'oauth/a.ts', `import { Hono } from 'hono';`, 'imports hono, which only web and app.ts may'],
    ['input and output in policy', 'policy/a.ts', `import { readFileSync } from 'node:fs';`, 'imports node:fs; policy may only zod'],
    ['app.ts imported by a room', 'jobs/a.ts', `import { makeApp } from '../app.ts';`, 'imports app.ts upwards'],
    ['app.ts imported by a lower file', 'log.ts', `import { makeApp } from './app.ts';`, 'imports app.ts upwards'],
    ['main.ts imported by app.ts', 'app.ts', `import './main.ts';`, 'imports main.ts upwards'],
    ['settings read by a room', 'web/a.ts', `import { readConfig } from '../config.ts';`, 'imports more than types from config.ts'],
    ['the environment', 'web/a.ts', `const mode = process.env['MODE'];`, 'reads the environment, which only config.ts may'],
    ['the environment, taken apart', 'main.ts', `const { env } = process;`, 'reads the environment, which only config.ts may'],
    ['the environment as an import', 'app.ts', `import { env } from 'node:process';`, 'reads the environment, which only config.ts may'],
    ['the time of the machine', 'rights/a.ts', `const now = new Date();`, 'asks the machine for the time; take the clock'],
    ['the time as a number', 'rights/a.ts', `const now = Date.now();`, 'asks the machine for the time; take the clock'],
    ['a long file', 'store/a.ts', 'x;\n'.repeat(221), '221 lines, more than 220'],
    [
      'a file outside src',
      'store/a.ts',
      `import { x } from '../../test/support/rooms.ts';`,
      'imports ../../test/support/rooms.ts from outside src',
    ],
    ['an import without its ending', 'store/a.ts', `import { x } from './db';`, 'imports ./db without its ending'],
    ['an import that is computed', 'store/a.ts', 'await import(`./${name}.ts`);', 'imports something computed'],
  ])('finds %s', (_, path, text, complaint) => {
    expect(found({ [path]: text })).toEqual([`${path}: ${complaint}`]);
  });

  it('lets be what is allowed', () => {
    const files = {
      'main.ts': `import { makeApp } from './app.ts';\nprocess.exitCode = 1;\nconst { pid } = process.versions;`,
      'app.ts': `import { Hono } from 'hono';\nimport { serve } from '@hono/node-server';\nimport { gate } from './disclosure/gate.ts';`,
      'config.ts': `import { services } from './policy/classes.ts';\nexport const read = (environment = process.env) => environment;`,
      'policy/dates.ts': `import { z } from 'zod';\nexport const clock = () => new Date();`,
      'rights/erasure.ts': `import { append } from '../disclosure/ledger.ts';\nimport { end } from '../oauth/grants.ts';\nimport { due } from './deadlines.ts';`,
      'mcp/server.ts': `import { check } from '../oauth/tokens.ts';\nimport { Server } from '@modelcontextprotocol/server';`,
      'web/page.tsx': `import type { Config } from '../config.ts';\nimport { AppError } from '../errors.ts';\nconst at = new Date(row.at);`,
      'commands/demo.ts': `import { readConfig } from '../config.ts';\nimport { makeDemo } from '../demo/make-demo.ts';`,
      'store/a.ts': 'x;\n'.repeat(220),
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
