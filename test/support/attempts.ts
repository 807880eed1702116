import type { Answer, Tokens } from './oauth-app.ts';
import type { ConnectedApp } from './connect.ts';
import { mcp } from './connect.ts';
import type { Person } from './person.ts';
import { sendRaw } from './raw-http.ts';
import type { World } from './world.ts';

/** How an OAuth endpoint answered: its status and the error that it names, if any. */
export function saying({ status, body }: Answer<unknown>): string {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  return typeof error === 'string' ? `${status} ${error}` : String(status);
}

/** The status that a token gets from `/mcp`. */
export async function opens(origin: string, accessToken: string): Promise<number> {
  return (await mcp(origin, { accessToken, method: 'tools/list' })).status;
}

/** The same two questions to an instance that stands at another address than the public one. */
export function instanceAt({ url }: Pick<World, 'url'>, publicUrl: string) {
  const post = (target: string, headers: readonly (readonly [string, string])[], body: string) =>
    sendRaw(url, { method: 'POST', target, headers: [['host', new URL(publicUrl).host], ...headers], body });
  return {
    opens: async (accessToken: string): Promise<number> => {
      const headers = [
        ['authorization', `Bearer ${accessToken}`],
        ['content-type', 'application/json'],
        ['accept', 'application/json, text/event-stream'],
        ['mcp-protocol-version', '2025-11-25'],
      ] as const;
      return (await post('/mcp', headers, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))).status;
    },
    refresh: async (refreshToken: string, clientId: string): Promise<Answer<Tokens>> => {
      const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId });
      const { status, body } = await post('/oauth/token', [['content-type', 'application/x-www-form-urlencoded']], form.toString());
      return { status, headers: new Headers(), body: JSON.parse(body) as Tokens };
    },
  };
}

/** The `Cookie` header that a person's browser would send to any path. */
export function cookiesOf(person: Person): string {
  return [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
}

/** An app's name in its owner's dashboard. */
export async function handleOf({ app, person }: Pick<ConnectedApp, 'app' | 'person'>, name = 'Example app'): Promise<string> {
  const { apps } = JSON.parse((await person.get('/api/apps')).body) as { apps: { app: string; name: string; status: string }[] };
  const found = apps.findLast((each) => each.name === name && each.status !== 'revoked');
  if (!found) throw new Error(`no app ${name} of ${app.clientId}`);
  return found.app;
}

/** Makes the database refuse new artifacts of a kind, until the answer is called. */
export async function breakSaving({ database }: Pick<World, 'database'>, kind: string): Promise<() => Promise<void>> {
  await database.statement(
    `create or replace function break_off() returns trigger language plpgsql as $$ begin raise exception 'broken off'; end $$`,
    [],
  );
  await database.statement(
    `create trigger break_off before insert on oauth_artifacts for each row when (new.kind = '${kind}') execute function break_off()`,
    [],
  );
  return async () => void (await database.statement('drop trigger break_off on oauth_artifacts', []));
}
