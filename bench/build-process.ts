import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import postgres from 'postgres';
import type { Parameter, Statement } from '../src/store/engine/db.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { ownerLogin, urlFor } from '../test/support/postgres-logins.ts';
import { lastingPort } from '../test/support/server-process.ts';
import { medianMs } from './measure.ts';
import { publicUrl, seedConnection, type Owner } from './seed.ts';
import { messageOf, type Message } from './sites.ts';

/** A checkout's built program on a Postgres of its own, driven as an operator and an app drive it. */
export interface Build {
  readonly name: string;
  readonly checkout: string;
  /** Brings the file that searches are measured on. */
  bring(file: string): Promise<void>;
  /** Milliseconds that a file takes in a new account, beyond what one line takes. */
  importing(file: string, oneLine: string): Promise<number>;
  /** The same in the account that has it. */
  importingAgain(file: string, oneLine: string): Promise<number>;
  /** The median time of a call. @throws when it isn't answered */
  calling(tool: string, given: object, times: number): Promise<number>;
  close(): Promise<void>;
}

interface Opening {
  readonly name: string;
  readonly checkout: string;
  readonly directory: string;
}

export async function openBuild({ name, checkout, directory }: Opening): Promise<Build> {
  const server = await startPostgres({ durable: true });
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create role ${ownerLogin.name} login createrole password '${ownerLogin.password}'`);
  await admin.unsafe(`create database bench owner ${ownerLogin.name}`);
  await admin.end();
  const url = urlFor({ adminUrl: server.adminUrl, login: ownerLogin, database: 'bench' });
  const port = await lastingPort();
  const program = join(checkout, 'dist/main.js');
  const env = {
    ...process.env,
    DATABASE_URL: url,
    DATA_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: join(directory, name),
    PUBLIC_URL: publicUrl,
    PORT: port,
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) if (line.startsWith('ready')) break;
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  const statement: Statement = async <Row>(query: string, parameters: readonly Parameter[]) =>
    (await client.unsafe(query, parameters as postgres.ParameterOrJSON<never>[])) as unknown as Row[];
  const owner = await seedConnection(statement);
  const importMs = async (file: string, { email }: Owner): Promise<number> => {
    const start = performance.now();
    await promisify(execFile)(process.execPath, [program, 'import', 'certificates', file, '--account', email], { env });
    return performance.now() - start;
  };
  return {
    name,
    checkout,
    bring: async (file) => {
      await importMs(file, owner);
      await statement('vacuum analyze', []);
    },
    importing: async (file, oneLine) => {
      const start = await importMs(oneLine, await seedConnection(statement));
      return (await importMs(file, await seedConnection(statement))) - start;
    },
    importingAgain: async (file, oneLine) => {
      const start = await importMs(oneLine, await seedConnection(statement));
      return (await importMs(file, owner)) - start;
    },
    calling: (tool, given, times) => {
      const message = messageOf({ method: 'tools/call', params: { name: tool, arguments: given }, token: owner.token });
      return medianMs(() => answered(port, message), times);
    },
    close: async () => {
      await client.end();
      child.kill('SIGKILL');
      await once(child, 'close');
      await server.stop();
    },
  };
}

async function answered(port: string, { headers, body }: Message): Promise<void> {
  const asked = request({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers });
  asked.end(body);
  const [response] = await once(asked, 'response');
  const said = await text(response);
  if (response.statusCode !== 200 || !said.includes('next_cursor'))
    throw new Error(`answered ${response.statusCode} ${said.slice(0, 200)}`);
}
