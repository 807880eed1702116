import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callTool, connect, type ConnectedApp } from '../support/connect.ts';
import { cookiesOf, handleOf } from '../support/attempts.ts';
import { onDurablePostgres, type Installation } from '../support/installation.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import { strikePostgres } from '../support/strike.ts';

let place: Installation;
let server: ServerProcess;

beforeAll(async () => {
  place = await onDurablePostgres();
  server = await startServer(place.settings);
});
afterAll(async () => {
  await server.kill();
  await place.close();
});

async function ready(): Promise<void> {
  while ((await fetch(`${server.url}/readyz`)).status !== 200);
}

const revoke = ({ person }: ConnectedApp, handle: string) =>
  fetch(`${server.url}/api/apps/${handle}/revoke`, {
    method: 'POST',
    headers: { cookie: cookiesOf(person), origin: server.url, 'content-type': 'application/json' },
    body: '{}',
  });

/** Makes a revocation wait in its transaction, and resolves when one does. */
async function hold(name: string): Promise<{ waiting: () => Promise<void>; release: () => Promise<void> }> {
  const admin = postgres(place.adminUrl ?? '', { max: 1, onnotice: () => undefined });
  await admin.unsafe('begin');
  await admin`select from apps where name = ${name} for update`;
  return {
    waiting: async () => {
      while ((await admin`select from pg_locks where locktype = 'transactionid' and not granted`).length === 0);
    },
    release: () => admin.end(),
  };
}

const scopesOf = async ({ person }: ConnectedApp, name: string) => {
  const { apps } = JSON.parse((await person.get('/api/apps')).body) as { apps: { name: string; status: string; scopes: string[] }[] };
  return apps.find((each) => each.name === name);
};

it(
  'a Postgres that dies in the middle of a revocation leaves the app revoked, or its owner told that it failed; nothing widens, and a restart keeps it (CF-10)',
  { timeout: 120_000 },
  async () => {
    const revoked: ConnectedApp[] = [];
    for (const held of [true, false, true, false]) {
      const name = `Struck ${revoked.length}`;
      const app = await connect(server, { name, choices: { untick: ['tls:read'] } });
      const handle = await handleOf(app, name);
      const before = await scopesOf(app, name);
      const lock = held ? await hold(name) : null;
      const asked = revoke(app, handle);
      await lock?.waiting();
      await strikePostgres(place, 'certveil');
      const { status } = await asked;
      await lock?.release();
      await ready();
      const after = await scopesOf(app, name);
      const { status: call } = await app.call('get_account_summary');
      const gone = ['revoked', [], 401];
      const stays = [503, 'active', before?.scopes, 200];
      const possible = held ? [stays] : [[200, ...gone], [503, ...gone], stays];
      expect(possible).toContainEqual([status, after?.status, after?.scopes, call]);
      expect((await revoke(app, handle)).status).toBe(200);
      expect((await app.call('get_account_summary')).status).toBe(401);
      revoked.push(app);
    }
    await server.kill();
    server = await startServer(place.settings);
    for (const { app, accessToken, refreshToken } of revoked) {
      expect((await callTool(server.url, accessToken, 'get_account_summary')).status).toBe(401);
      expect((await app.refresh(refreshToken)).status).toBe(400);
    }
  },
);
