import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryListening } from '../../src/boot/listen.ts';
import { readConfig } from '../../src/config/settings.ts';
import { command } from '../support/command-line.ts';
import { certveil, lastingPort, type Settings } from '../support/server-process.ts';

const secret = 'zq7secretword';

describe('a start that cannot be', { timeout: 120_000 }, () => {
  let directory: string;
  const taken = createServer();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'certveil-settings-'));
    await writeFile(join(directory, 'file'), 'no directory, no key, no certificate');
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
  });
  afterAll(async () => {
    taken.close();
    await rm(directory, { recursive: true, force: true });
  });

  const key = Buffer.alloc(32, 1).toString('base64');
  const nowhere = `postgres://someone:${secret}@127.0.0.1:1/nothing`;

  it.each<readonly [string, Settings]>([
    ['PORT must be a port number, 1 to 65535', { PORT: secret }],
    ['PORT must be a port number, 1 to 65535', { PORT: '65536' }],
    ['PORT must be a port number, 1 to 65535', { PORT: '1.5' }],
    ['PORT must be a port number, 1 to 65535', { PORT: '0x50' }],
    ['PORT must be a port number, 1 to 65535', { PORT: '3e3' }],
    ['HOST must be a host name or address', { HOST: `${secret} /` }],
    ['PUBLIC_URL must be an http or https origin without a path, such as https://mcp.example.com', { PUBLIC_URL: `https://${secret}/x` }],
    ['PUBLIC_URL must be an http or https origin without a path, such as https://mcp.example.com', { PUBLIC_URL: `ftp://${secret}` }],
    ['DATABASE_URL must be a URL that begins with postgres://', { DATABASE_URL: `mysql://root:${secret}@localhost/x` }],
    ['DATA_KEY must be set when DATABASE_URL is', { DATABASE_URL: nowhere }],
    ['DATA_KEY must be 32 random bytes in base64 or hexadecimal', { DATABASE_URL: nowhere, DATA_KEY: secret }],
    ['DATA_KEY must be 32 random bytes in base64 or hexadecimal', { DATABASE_URL: nowhere, DATA_KEY: `!${key}` }],
    ['DATA_KEY must be 32 random bytes in base64 or hexadecimal', { DATABASE_URL: nowhere, DATA_KEY: key.replace('B', 'B ') }],
    ['DATABASE_URL must be set when TOOLS_DATABASE_URL is', { TOOLS_DATABASE_URL: nowhere }],
    ['TOOLS_DATABASE_URL must be a URL that begins with postgres://', { TOOLS_DATABASE_URL: secret }],
    ['SERVICES must be one or both of certfusion,certumssl', { SERVICES: secret }],
    [
      'RETENTION must be such as certificate=120 months,ledger=3 years, of the classes account_certfusion, tls_order, certificate, recipient, ledger, consent, rights',
      { RETENTION: 'transaction=1 months' },
    ],
    ['TLS_CERT and TLS_KEY must be set together', { TLS_CERT: secret }],
    ['METRICS_PORT must be a port number, 1 to 65535', { METRICS_PORT: '-1' }],
    [
      'SMTP_URL must be smtp://user:password@host:587?from=address or smtps://…, with from where the user is no address',
      { SMTP_URL: `smtp://${secret}@localhost` },
    ],
    ['LOG_LEVEL must be one of fatal, error, warn, info, debug, silent', { LOG_LEVEL: secret }],
  ])('is told by the settings: %s', (line, settings) => {
    expect(() => readConfig(settings)).toThrow(expect.objectContaining({ name: 'SettingError', message: line }));
  });

  it.each<readonly [string, Settings]>([
    ['PORT must be a port number, 1 to 65535', { PORT: secret }],
    ['DATABASE_URL: the database does not answer', { DATABASE_URL: nowhere, DATA_KEY: key }],
  ])('says in one line: %s', async (line, settings) => {
    const ended = await certveil([], { PORT: await lastingPort(), ...settings });
    expect(ended).toEqual({ code: 1, stdout: '', stderr: `certveil: ${line}\n` });
  });

  it('names DATA_DIR when that is no directory, or holds a key that is none', async () => {
    const listed = (data: string) => command(['account', 'list'], { DATA_DIR: data });
    const complaint = (line: string) => ({ code: 1, stdout: '', stderr: `certveil: ${line}\n` });
    expect(await listed(join(directory, 'file'))).toEqual(complaint('DATA_DIR cannot be used as a directory'));
    const data = join(directory, 'data');
    await mkdir(data);
    await writeFile(join(data, 'data.key'), secret);
    expect(await listed(data)).toEqual(complaint('DATA_DIR holds a data.key that is not 32 bytes'));
  });

  it('names PORT when it is taken, and is not ready', async () => {
    const port = String((taken.address() as AddressInfo).port);
    const { code, stdout, stderr } = await certveil([], { PORT: port, DATA_DIR: join(directory, 'never') });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('oidc-provider WARNING'))).toEqual([
      'certveil: PORT is in use by another process',
    ]);
  });

  it('names TLS_CERT and TLS_KEY when their files are missing or hold something else, and a HOST that is not here', async () => {
    const file = join(directory, 'file');
    const missing = join(directory, secret);
    const port = await lastingPort();
    const tried = (settings: Settings) => tryListening(readConfig({ PORT: port, ...settings }));
    const complaint = (message: string) => expect.objectContaining({ name: 'SettingError', message }) as Error;
    await expect(tried({ TLS_CERT: missing, TLS_KEY: file })).rejects.toEqual(complaint('TLS_CERT names a file that cannot be read'));
    await expect(tried({ TLS_CERT: file, TLS_KEY: missing })).rejects.toEqual(complaint('TLS_KEY names a file that cannot be read'));
    await expect(tried({ TLS_CERT: file, TLS_KEY: file })).rejects.toEqual(complaint('TLS_CERT does not hold PEM that fits'));
    await expect(tried({ HOST: '203.0.113.1' })).rejects.toEqual(complaint('HOST is not an address of this machine'));
  });

  it.each<readonly [string, typeof command, readonly string[]]>([
    ['unknown command', certveil, ['flyy']],
    ['unknown option', certveil, ['--flyy']],
    ["required option '--name <name>' not specified", certveil, ['account', 'add', 'someone@example.com']],
    ['unknown command', command, ['account', 'flyy']],
    ['missing required argument', command, ['account', 'disable']],
    ["required option '--account <email>' not specified", command, ['import', 'certificates', 'x.csv']],
    ['too many arguments', command, ['migrate', 'now']],
  ])('says in one line: %s', async (words, attempt, args) => {
    const { code, stdout, stderr } = await attempt(args, { DATA_DIR: join(directory, 'never') });
    expect([code, stdout, stderr.trimEnd().split('\n')]).toEqual([1, '', [expect.stringMatching(new RegExp(`^certveil: ${words}`))]]);
  });

  it('tells what there is when it is asked for help', async () => {
    const { code, stdout, stderr } = await certveil(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of ['serve', 'migrate', 'demo', 'account', 'import']) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect((await certveil(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
