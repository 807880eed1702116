import { ada, callTool } from './connect.ts';
import { revokeByEndpoint } from './dashboard.ts';
import type { Installation } from './installation.ts';
import { OAuthApp, type Tokens } from './oauth-app.ts';
import { Person } from './person.ts';
import { openProxy } from './proxy.ts';
import { lastingPort, startServer } from './server-process.ts';

/** What an app got, and what it must not have got. */
export interface Rounds {
  /** Requests that were answered as if the app weren't revoked, or otherwise than by 401 and 400. */
  readonly through: readonly string[];
  /** Calls that were answered before the revocation, on either instance. */
  readonly calls: number;
  /** Calls that were out when it came, and were withheld or refused. */
  readonly caught: number;
  readonly refreshes: number;
}

/** Two instances on one database and at one public address, reached one by one. */
async function withTwo<Result>(place: Installation, work: (two: Two) => Promise<Result>): Promise<Result> {
  const ports = [place.settings.PORT, await lastingPort()] as const;
  let network = 0;
  const from = () => `10.0.${network >> 8}.${network & 255}`;
  const here = await openProxy({ port: ports[0], from });
  const there = await openProxy({ port: ports[1], from, host: new URL(here.url).host });
  const settings = { ...place.settings, PUBLIC_URL: here.url, TRUSTED_PROXIES: '1' };
  const servers = await Promise.all(ports.map((PORT) => startServer({ ...settings, PORT })));
  const move = () => void (network += 1);
  try {
    return await work({ here: here.url, there: there.url, move });
  } finally {
    await Promise.all([here.close(), there.close(), ...servers.map((server) => server.kill())]);
  }
}

interface Two {
  readonly here: string;
  readonly there: string;
  /** Each round asks from another network, so that what is refused isn't refused for its number. */
  readonly move: () => void;
}

/** Lets an app call and refresh on both of two instances, revokes it on the first in the middle, and asks the second at once. */
export function revokeInRounds(place: Installation, rounds: number): Promise<Rounds> {
  return withTwo(place, async (two) => {
    const name = 'Out everywhere';
    const app = await OAuthApp.register(two.here, { client_name: name });
    const person = new Person(two.here);
    const seen = { through: [] as string[], calls: 0, caught: 0, refreshes: 0 };
    for (let round = 0; round < rounds; round += 1) {
      two.move();
      const busy = keepBusy(two, { app, first: await app.tokens(person, ada) });
      await busy.going();
      const twin = await statusOf(two.there, busy.newest());
      if (twin !== 200) seen.through.push(`round ${round}: the call before it got ${twin}`);
      await revokeByEndpoint(person, name);
      const next = await statusOf(two.there, busy.newest());
      if (next !== 401) seen.through.push(`round ${round}: the next call got ${next}`);
      const { strange, calls, caught, refreshes } = await busy.stop();
      seen.through.push(...[...strange, ...(await leftovers(two, app, busy.tokens))].map((each) => `round ${round}: ${each}`));
      seen.calls += calls;
      seen.caught += caught;
      seen.refreshes += refreshes;
    }
    return seen;
  });
}

/** Everything that was ever issued, asked once more on both instances. */
async function leftovers({ here, there }: Two, app: OAuthApp, tokens: readonly Tokens[]): Promise<string[]> {
  const found: string[] = [];
  for (const origin of [here, there]) {
    for (const { access_token: access, refresh_token: renewal } of tokens) {
      const [opened, refreshed] = await Promise.all([statusOf(origin, access), refreshAt(origin, app, renewal)]);
      if (opened !== 401) found.push(`a later call got ${opened}`);
      if (refreshed.status !== 400) found.push(`a later refresh got ${refreshed.status}`);
    }
  }
  return found;
}

function keepBusy({ here, there }: Two, { app, first }: { app: OAuthApp; first: Tokens }) {
  const tokens = [first];
  const newest = () => (tokens.at(-1) ?? first).access_token;
  const seen = { strange: [] as string[], calls: 0, caught: 0, refreshes: 0 };
  let on = true;
  let started: () => void = () => undefined;
  const going = new Promise<void>((resolve) => (started = resolve));
  const call = async (origin: string): Promise<void> => {
    while (on) {
      const { status, structured, error } = await callTool(origin, newest(), 'get_account_summary');
      if (structured !== null) seen.calls += 1;
      else if (status === 401 || error === 'not_available') seen.caught += 1;
      else seen.strange.push(`a call got ${status} ${error}`);
      if (seen.calls >= 4 && seen.refreshes >= 1) started();
    }
  };
  const refresh = async (): Promise<void> => {
    for (let turn = 0; on; turn += 1) {
      const { status, body } = await refreshAt(turn % 2 === 0 ? there : here, app, (tokens.at(-1) ?? first).refresh_token);
      if (status === 400) return;
      if (status !== 200) seen.strange.push(`a refresh got ${status}`);
      else tokens.push(body);
      seen.refreshes += 1;
    }
  };
  const all = Promise.all([call(here), call(here), call(there), call(there), refresh()]);
  return {
    tokens,
    newest,
    /** Resolves when calls and a refresh have succeeded. */
    going: () => Promise.race([going, all]),
    stop: async () => {
      on = false;
      await all;
      return seen;
    },
  };
}

async function statusOf(origin: string, accessToken: string): Promise<number> {
  return (await callTool(origin, accessToken, 'get_account_summary')).status;
}

function refreshAt(origin: string, { clientId, redirectUri }: OAuthApp, renewal: string) {
  return new OAuthApp({ origin, clientId, redirectUri }).refresh(renewal);
}
