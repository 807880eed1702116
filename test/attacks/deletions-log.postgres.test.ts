import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refuseForgotten } from '../../src/commands/restore.ts';
import { makeLogger } from '../../src/watch/log.ts';
import { systemClock } from '../../src/words/dates.ts';
import { appendNoted, beginLog, chainOldLog } from '../../src/rights/deletions-known.ts';
import { readDeletions } from '../../src/rights/deletions.ts';
import { makeRights } from '../../src/rights/requests.ts';
import { migrate } from '../../src/store/rules/migrate.ts';
import { loadPurposeKeys, type PurposeKey } from '../../src/store/engine/purpose-keys.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';
import { command } from '../support/command-line.ts';

describe('DELETIONS_LOG beside its database', { timeout: 120_000 }, () => {
  let opened: TestDatabase;
  let directory: string;
  let file: string;
  let whole: Buffer;
  let key: PurposeKey;
  const logged: string[] = [];
  const log = makeLogger('info', { write: (line: string) => void logged.push(line) });

  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
    directory = await mkdtemp(join(tmpdir(), 'certveil-log-'));
    file = join(directory, 'deletions.log');
    const { orm, statement } = opened.database;
    ({ tombstones: key } = await loadPurposeKeys({ orm, dataKey: testDataKey, clock: systemClock }));
    const rights = makeRights({ orm, clock: systemClock, key, deletionsLog: file });
    const [account] = await statement<{ id: string }>('select id from accounts order by email', []);
    for (const service of ['certfusion', 'certumssl'] as const) {
      const accountId = account?.id ?? '';
      const { requestId } = await rights.file({ accountId, kind: 'erasure', service, categories: null, channel: 'dashboard' });
      await rights.confirm({ accountId, requestId, confirmation: { ground: 'no_longer_necessary' } });
    }
    whole = await readFile(file);
  });
  afterEach(async () => {
    await writeFile(file, whole);
  });
  afterAll(async () => {
    await opened.close();
    await rm(directory, { recursive: true });
  });

  /** Null where the start goes on. */
  const start = async ({ database } = opened, deletionsLog = file): Promise<string | null> => {
    try {
      await refuseForgotten({ database, dataKey: testDataKey }, { dataDir: directory, deletionsLog }, { clock: systemClock, log });
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const text = () => whole.toString();
  const linesOf = () => text().trimEnd().split('\n');
  const reordered = (line: string) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line) as object).toReversed()));
  const noted = () => ({
    append: async (hash: string) =>
      opened.database.orm.transaction((tx) =>
        appendNoted({ tx, file, key, noted: [{ kind: 'recipient', hash, deletedAt: new Date('2026-11-01T00:00:00.000Z'), done: true }] }),
      ),
  });

  it('is served with as it was written, chained, and as often as one likes', async () => {
    expect(linesOf()).toHaveLength(3);
    for (const line of linesOf().slice(1))
      expect(Object.keys(JSON.parse(line) as object)).toEqual(['n', 'kind', 'hash', 'deleted_at', 'chain']);
    expect([await start(), await start()]).toEqual([null, null]);
    expect(await readFile(file)).toEqual(whole);
  });

  const changes: readonly (readonly [what: string, change: (lines: readonly string[]) => Buffer | string, says: RegExp])[] = [
    ['empty', () => '', /^is missing or empty, and this database is not new\. Put it back/],
    ['without its last line', (lines) => `${lines.slice(0, 2).join('\n')}\n`, /^knows 1 records, and this database has noted 2 in it\./],
    ['without a line in the middle', (lines) => `${lines[0]}\n${lines[2]}\n`, /^is damaged: line 2 is not as it was written\./],
    ['with its first line alone', (lines) => `${lines[0]}\n`, /^knows 0 records/],
    ['without its first line', (lines) => `${lines.slice(1).join('\n')}\n`, /^is damaged: line 1 /],
    ['with one digit of a hash changed', (lines) => `${lines.join('\n').replace(/"hash":"./, '"hash":"x')}\n`, /^is damaged: line 2 /],
    ['with another hash', (lines) => `${lines.join('\n').replace(/"hash":"[0-9a-f]{8}/, '"hash":"00000000')}\n`, /^is damaged: line 2 /],
    ['with another time', (lines) => `${lines.join('\n').replace(/deleted_at":"20/, 'deleted_at":"19')}\n`, /^is damaged: line 2 /],
    ['in upper-case hex', (lines) => `${lines.join('\n').replace(/[0-9a-f]{64}/g, (hex) => hex.toUpperCase())}\n`, /^is damaged: line 1 /],
    ['re-spaced', (lines) => `${lines.join('\n').replaceAll('":', '": ')}\n`, /^is damaged: line 1 /],
    ['with one line re-spaced', (lines) => `${lines[0]}\n${lines[1]}\n${lines[2]?.replaceAll(',', ', ')}\n`, /^is damaged: line 3 /],
    ['pretty-printed', (lines) => lines.map((line) => JSON.stringify(JSON.parse(line), null, 2)).join('\n'), /^is damaged: line 1 /],
    ['with keys in another order', (lines) => `${lines[0]}\n${lines.slice(1).map(reordered).join('\n')}\n`, /^is damaged: line 2 /],
    ['with lines in another order', (lines) => `${lines[0]}\n${lines[2]}\n${lines[1]}\n`, /^is damaged: line 2 /],
    ['with a line twice', (lines) => `${[...lines, lines[2]].join('\n')}\n`, /^is damaged: line 4 /],
    ['with an empty line', (lines) => `${lines.join('\n\n')}\n`, /^is damaged: line 2 /],
    ['with CRLF', (lines) => `${lines.join('\r\n')}\r\n`, /^is damaged: line 1 /],
    ['with a byte order mark', (lines) => `\u{feff}${lines.join('\n')}\n`, /^is damaged: line 1 /],
    ['in UTF-16', (lines) => Buffer.from(`${lines.join('\n')}\n`, 'utf16le'), /^is damaged: line 1 /],
    ['gzipped', (lines) => gzipSync(`${lines.join('\n')}\n`), /^is damaged: line 1 /],
    [
      'with zeros in place of its end, as after a power cut',
      (lines) => Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), Buffer.alloc(64)]),
      /^is damaged: line 4 /,
    ],
    ['with a text behind it', (lines) => `${lines.join('\n')}\nrotated`, /^is damaged: line 4 /],
    ['another text', () => 'hello\n', /^is damaged: line 1 /],
    [
      'unchained, as the version before wrote it',
      (lines) =>
        `${lines
          .slice(1)
          .map((line) => line.replace(/"n":\d+,|,"chain":"\w+"/g, ''))
          .join('\n')}\n`,
      /^is a log of the version before, and this database has a newer one\./,
    ],
  ];

  it.each(changes)('that is %s stops the start with one line', async (_, change, says) => {
    await writeFile(file, change(linesOf()));
    const said = await start();
    expect(said).toMatch(says);
    expect(said).not.toContain('\n');
    await writeFile(file, change(linesOf()));
    await expect(noted().append('ab'.repeat(32))).rejects.toThrow(/^(?:is|knows) /);
  });

  it('that is missing, another one, no file or not writable stops it too', async () => {
    await rm(file);
    expect(await start()).toMatch(/^is missing or empty, and this database is not new\./);
    await rm(file, { force: true });
    const other = await openTestDatabase({ demo: true });
    const beside = join(directory, 'other.log');
    expect(await start(other, beside)).toBe(null);
    await copyFile(beside, file);
    expect(await start()).toMatch(/^is not the log that this database knows\./);
    const { orm } = other.database;
    const stranger = { id: key.id, bytes: Buffer.alloc(32, 1) };
    await rm(beside);
    await orm.transaction((tx) => beginLog({ tx, file: beside, key: stranger, isFurther: false }));
    await copyFile(beside, file);
    expect(await start()).toBe('is the log of another database. Set DELETIONS_LOG to one of this database’s own.');
    await other.close();
    expect(await start(opened, '/dev/null')).toMatch(/^is no file that keeps what is written\./);
    expect(await start(opened, directory)).toMatch(/^cannot be written\./);
    expect(await start(opened, '/proc/deletions.log')).toMatch(/^cannot be written\./);
  });

  /** As a crash leaves it that came after a record was on the disk and before the database noted it. */
  const noteOnly = async (records: number) => {
    const [, chain = ''] = /"chain":"(\w+)"\}$/.exec(linesOf()[records] ?? '') ?? [];
    await opened.database.statement(`update deletion_logs set records = $1, chain = decode($2, 'hex')`, [records, chain]);
  };

  it('whose last line a crash cut short is forgiven, said, and goes on behind the last whole one', async () => {
    await noted().append('cd'.repeat(32));
    const longer = await readFile(file);
    await noteOnly(2);
    for (let size = longer.length - 2; size > whole.length; size -= 9) {
      await writeFile(file, longer.subarray(0, size));
      logged.length = 0;
      expect([size, await start()]).toEqual([size, null]);
      expect(logged.join()).toContain('cut short');
    }
    await noted().append('ef'.repeat(32));
    expect((await readDeletions({ file, key })).map(({ hash }) => hash)).toContain('ef'.repeat(32));
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(5);
    await noteOnly(2);
  });

  it('that knows more than the database asks for a replay, as before', async () => {
    await noted().append('cd'.repeat(32));
    await noteOnly(2);
    expect(await start()).toMatch(
      /^DELETIONS_LOG holds 1 deletions that this database lacks\. After a restore run: certveil restore replay/,
    );
    await noteOnly(2);
  });

  it('is appended at the start by what retention had ended when a process died before it was noted', async () => {
    await opened.database.statement(`insert into tombstones (hash, kind, deleted_at) values ($1, 'account_certfusion', now())`, [
      Buffer.alloc(32, 7),
    ]);
    expect(await start()).toBe(null);
    expect((await readDeletions({ file, key })).map(({ kind }) => kind)).toContain('account_certfusion');
    await opened.database.statement(`delete from tombstones where kind = 'account_certfusion'`, []);
    await noteOnly(2);
  });

  it('stays whole when 200 writers note 20 deletions each at once', async () => {
    const before = (await readDeletions({ file, key })).length;
    const hashOf = (number: number) => number.toString(16).padStart(64, '0');
    const deletedAt = new Date('2026-11-01T00:00:00.000Z');
    await Promise.all(
      Array.from({ length: 400 }, (_, writer) => {
        const tens = Array.from({ length: 10 }, (__, at) => ({
          kind: 'recipient' as const,
          hash: hashOf(writer * 10 + at),
          deletedAt,
          done: true,
        }));
        return opened.database.orm.transaction((tx) => appendNoted({ tx, file, key, noted: tens }));
      }),
    );
    expect((await readDeletions({ file, key })).length).toBe(before + 4_000);
    await writeFile(file, whole);
    expect(await start()).toMatch(/^knows 2 records, and this database has noted 4002 in it\./);
    await noteOnly(2);
  });

  it('that is lost is begun again by hand, with all that the database knows; the old one counts no more', async () => {
    const lost = await readFile(file);
    await rm(file);
    const settings = { DATABASE_URL: opened.url ?? '', DATA_KEY: testDataKey.toString('base64'), DELETIONS_LOG: file };
    expect(await command(['restore', 'begin'], settings)).toMatchObject({
      code: 0,
      stdout: 'DELETIONS_LOG is begun and holds 2 deletions.\n',
    });
    expect(await start()).toBe(null);
    expect((await command(['restore', 'begin'], settings)).stderr).toBe(
      'certveil: DELETIONS_LOG is not empty. Move it away first, and keep it.\n',
    );
    const further = join(directory, 'further.log');
    expect((await command(['restore', 'begin', '--further'], { ...settings, DELETIONS_LOG: further })).code).toBe(0);
    expect([await start(), await start(opened, further)]).toEqual([null, null]);
    const begun = await readFile(file);
    await writeFile(file, lost);
    expect(await start()).toMatch(/^is not the log that this database knows\./);
    expect((await command(['restore', 'replay', file], settings)).code).toBe(0);
    expect(await start()).toBe(null);
    whole = begun;
  });

  it('is replayed when it is a log, and by nothing else: each ends with 1 and says why', async () => {
    const settings = { DATABASE_URL: opened.url ?? '', DATA_KEY: testDataKey.toString('base64'), DELETIONS_LOG: file };
    const given = join(directory, 'given');
    const replay = async (content: Buffer | string, ...flags: readonly string[]) => {
      await writeFile(given, content);
      const { code, stdout, stderr } = await command(['restore', 'replay', given, ...flags], settings);
      return [code, stdout + stderr] as const;
    };
    const [first = '', second = ''] = linesOf();
    expect(await replay(whole)).toEqual([0, expect.stringContaining('2 deletions read, 0 unknown to this database, 0 erased again')]);
    expect(await replay('a text\n')).toEqual([1, expect.stringMatching(/^certveil: The file is damaged: line 1 /)]);
    expect(await replay(`${first}\n${second.replace('certfusion', 'certumssl')}\n`)).toEqual([1, expect.stringContaining('line 2')]);
    expect(await replay(`${first}\n${second}\n`)).toEqual([1, expect.stringMatching(/^certveil: The file knows 1 records/)]);
    expect(await replay('')).toEqual([1, expect.stringContaining('The file holds no deletion.')]);
    expect(await replay('', '--empty')).toEqual([0, expect.stringContaining('0 deletions read')]);
  });
});

describe('a database and its DELETIONS_LOG of the version before', { timeout: 120_000 }, () => {
  let opened: TestDatabase;
  let directory: string;
  let file: string;
  let key: PurposeKey;
  const log = makeLogger('silent');

  beforeEach(async () => {
    opened = await openTestDatabase({ demo: true });
    directory = await mkdtemp(join(tmpdir(), 'certveil-log-'));
    file = join(directory, 'deletions.log');
    const { database } = opened;
    ({ tombstones: key } = await loadPurposeKeys({ orm: database.orm, dataKey: testDataKey, clock: systemClock }));
    for (const byte of [1, 2])
      await database.statement(`insert into tombstones values ($1, 'recipient', '2026-11-0${byte} 00:00:00Z')`, [Buffer.alloc(32, byte)]);
    await database.statement('drop table deletion_logs', []);
    const migrations = join(import.meta.dirname, '../../drizzle');
    const own = (await readdir(migrations)).find((name) => name.endsWith('_count_the_deletions_log.sql')) ?? '';
    for (const text of (await readFile(join(migrations, own), 'utf8')).split('--> statement-breakpoint'))
      await database.statement(text, []);
    await migrate({ database, clock: systemClock, repair: true });
  });
  afterEach(async () => {
    await opened.close();
    await rm(directory, { recursive: true });
  });

  const line = (byte: number, says = 'deleted_at') =>
    JSON.stringify({ kind: 'recipient', hash: Buffer.alloc(32, byte).toString('hex'), [says]: `2026-11-0${byte}T00:00:00.000Z` });
  const old = `${line(1)}\n${line(2)}\n`;
  const start = async () => {
    try {
      await refuseForgotten(
        { database: opened.database, dataKey: testDataKey },
        { dataDir: directory, deletionsLog: file },
        { clock: systemClock, log },
      );
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const chained = () => chainOldLog({ orm: opened.database.orm, file, key });
  const read = async () => (await readDeletions({ file, key })).map(({ hash }) => hash.slice(0, 2));

  it('is chained by migrate, once; what is noted then goes on behind it', async () => {
    await writeFile(file, `${line(3)}\n${line(3, 'not_deleted_at')}\n${old}`);
    const settings = { DATABASE_URL: opened.url ?? '', DATA_KEY: testDataKey.toString('base64'), DELETIONS_LOG: file };
    expect(await command(['migrate'], settings)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('DELETIONS_LOG is chained: 4 records.\n'),
    });
    expect(await read()).toEqual(['01', '02']);
    const text = await readFile(file, 'utf8');
    expect([await chained(), await start(), await readFile(file, 'utf8')]).toEqual([null, null, text]);
    const noted = [{ kind: 'recipient' as const, hash: '09'.repeat(32), deletedAt: new Date('2026-11-09T00:00:00.000Z'), done: true }];
    await opened.database.orm.transaction((tx) => appendNoted({ tx, file, key, noted }));
    expect(await read()).toEqual(['01', '02', '09']);
  });

  it('is chained when that was interrupted before the file took its place, and after', async () => {
    await writeFile(file, old);
    await writeFile(`${file}.new`, '{"log":"');
    expect(await chained()).toBe(2);
    await opened.database.statement(`update deletion_logs set id = '00000000-0000-0000-0000-000000000000', records = 0, chain = ''`, []);
    expect([await chained(), await start(), await read()]).toEqual([null, null, ['01', '02']]);
    expect(await opened.database.statement('select records::integer as records from deletion_logs', [])).toEqual([{ records: 2 }]);
  });

  it('is understood where a crash cut a line short and the version before wrote on behind it', async () => {
    for (const cut of [1, 9, 30, 100, line(1).length]) {
      await writeFile(file, `${line(1)}\n${line(1).slice(0, cut)}${line(2)}\n${line(1).slice(0, cut - 1)}`);
      expect(await read()).toEqual(['01', '02']);
    }
    await writeFile(file, `${line(1)}\n${line(1).slice(0, 30)}\n${line(2)}\n`);
    await expect(read()).rejects.toThrow('line 2 is not as it was written');
  });

  it('stops the start where the log is missing, or lacks what the database has erased; begun by hand it starts', async () => {
    expect(await start()).toMatch(/^is missing or empty, and this database is not new\./);
    await writeFile(file, `${line(1)}\n`);
    expect(await start()).toMatch(/^lacks 1 deletions that this database has noted in it\./);
    await writeFile(file, '');
    await opened.database.orm.transaction((tx) => beginLog({ tx, file, key, isFurther: false }));
    expect([await start(), await read()]).toEqual([null, ['01', '02']]);
  });
});
