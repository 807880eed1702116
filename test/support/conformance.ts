import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const suite = join(dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')), 'dist/index.js');

/** The suite imports `fs.globSync`, which Node 20 lacks and no scenario calls. */
const withoutGlob = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  const hook = "export async function load(url, context, next) { const loaded = await next(url, context);" +
    "return url.endsWith('/conformance/dist/index.js') ? { ...loaded, source: String(loaded.source).replace('globSync as a,', '')" +
    ".replace('from\\"fs\\";', 'from\\"fs\\";const a = undefined;') } : loaded; }";
  register('data:text/javascript,' + encodeURIComponent(hook));
`)}`;

export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

/** The checks of each scenario that ran. */
export type Scenarios = ReadonlyMap<string, readonly Check[]>;

/** Runs the official suite; `onLine` sees what it prints. */
export async function runConformance(options: readonly string[], onLine: (text: string) => void = () => undefined): Promise<Scenarios> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const child = spawn(process.execPath, ['--import', withoutGlob, suite, ...options, '--output-dir', directory], { cwd: directory });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        onLine(printed);
      });
    await once(child, 'close');
    const runs = await readdir(directory);
    if (runs.length === 0) throw new Error(`the suite ran nothing: ${printed.slice(-500)}`);
    return new Map(await Promise.all(runs.map((run) => scenarioIn(directory, run))));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Folders are called `server-tools-list-2026-11-22T20-00-00-000Z`. */
async function scenarioIn(directory: string, run: string): Promise<[string, readonly Check[]]> {
  const name = run.replace(/-\d{4}-\d{2}-\d{2}T.*$/, '').replace(/^server-(?=.)/, '');
  return [name, JSON.parse(await readFile(join(directory, run, 'checks.json'), 'utf8')) as readonly Check[]];
}

export function failuresOf(checks: readonly Check[]): string[] {
  return checks.filter(({ status }) => status === 'FAILURE').map(({ id }) => id);
}

export interface Doorway {
  readonly url: string;
  close(): Promise<void>;
}

/** The suite has no option for a token: this hands its requests on, whole and with the token added. */
export async function openDoorway(target: string, accessToken: string): Promise<Doorway> {
  const { port, hostname } = new URL(target);
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const { host = '' } = incoming.headers;
    const own = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(host) ? new URL(target).host : host;
    const headers = { ...incoming.headers, host: own, authorization: `Bearer ${accessToken}` };
    const onward = send({ host: hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** The server scenarios that a revision requires, from the suite's own frozen list. */
export async function requiredScenarios(revision: string): Promise<readonly string[]> {
  const list = await readFile(join(dirname(suite), `../requirements/${revision}.yaml`), 'utf8');
  const server = /^server:\n((?: {2}- .+\n)+)/m.exec(list)?.[1] ?? '';
  return server.split('\n').flatMap((line) => line.match(/^ {2}- (.+)$/)?.[1] ?? []);
}
