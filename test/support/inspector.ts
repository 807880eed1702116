import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ada } from './connect.ts';
import { Person, type Choices } from './person.ts';

export type Era = 'modern' | 'auto' | 'legacy';
export const eras: readonly Era[] = ['modern', 'auto', 'legacy'];

export interface InspectorRun {
  readonly code: number | null;
  /** What it printed on stdout, parsed. */
  readonly result: unknown;
  readonly stderr: string;
}

/** The Inspector's command line with a store of its own, and a person at its terminal who opens the pages that it names. */
export interface Inspector {
  readonly person: Person;
  /** Runs `mcp-inspector --cli URL …`. It may ask for a sign-in and for more scopes. */
  run(...options: readonly string[]): Promise<InspectorRun>;
  close(): Promise<void>;
}

const command = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json')),
  'clients/launcher/build/index.js',
);

export async function openInspector(origin: string, { choices = [{}] }: { choices?: readonly Choices[] } = {}): Promise<Inspector> {
  const directory = await mkdtemp(join(tmpdir(), 'inspector-'));
  const person = new Person(origin);
  const port = await freePort();
  const running = new Set<ChildProcess>();
  const left = [...choices];
  const answer = async (page: URL) => {
    let visit = await person.get(page);
    if (/name="password"/.test(visit.body)) visit = await person.signIn(visit, ada);
    const { location } = await person.consent(visit, left.length > 1 ? left.shift() : left[0]);
    if (location) await fetch(location);
  };
  return {
    person,
    run: (...options) => runOnce({ origin, directory, options, answer, port, running }),
    close: async () => {
      for (const child of running) child.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Run {
  readonly origin: string;
  readonly directory: string;
  /** Where the Inspector waits for the browser to come back. */
  readonly port: number;
  readonly options: readonly string[];
  readonly answer: (page: URL) => Promise<void>;
  readonly running: Set<ChildProcess>;
}

function runOnce({ origin, directory, options, answer, port, running }: Run): Promise<InspectorRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, '--cli', `${origin}/mcp`, '--transport', 'http', ...options, '--format', 'json'], {
      env: environment(directory, port),
    });
    running.add(child);
    let [stdout, stderr] = ['', ''];
    const answered = new Set<string>();
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      for (const [line, page = ''] of stderr.matchAll(/Please navigate to: (\S+)\n|\[y\/N\]/g)) {
        if (answered.has(line)) continue;
        answered.add(line);
        if (page === '') child.stdin.write('y\n');
        else answer(new URL(page)).catch(reject);
      }
    });
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, result: stdout.trim() === '' ? null : JSON.parse(stdout), stderr });
    });
  });
}

/** The Inspector takes a terminal for granted before it asks anyone; a test has none, so its stdin says that it is one. */
function environment(directory: string, port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: directory,
    MCP_STORAGE_DIR: directory,
    MCP_INSPECTOR_SECRET_STORE: 'file',
    MCP_AUTO_OPEN_ENABLED: 'false',
    MCP_OAUTH_CALLBACK_URL: `http://127.0.0.1:${port}/oauth/callback`,
    NODE_OPTIONS: '--import data:text/javascript,process.stdin.isTTY=true',
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
