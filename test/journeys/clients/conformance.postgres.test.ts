import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { failuresOf, openDoorway, requiredScenarios, runConformance, type Scenarios } from '../../support/conformance.ts';
import { lackingInOurServer, needSessions } from '../../support/conformance-expected.ts';
import { conformanceFixture } from '../../support/conformance-fixture.ts';
import { ada, connect } from '../../support/connect.ts';
import { OAuthApp } from '../../support/oauth-app.ts';
import { Person } from '../../support/person.ts';
import { openWorld, type World, type WorldOptions } from '../../support/world.ts';

const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const each of open.toReversed()) await each.close();
});

async function world(options: WorldOptions = {}): Promise<World> {
  const opened = await openWorld({ demo: true, ...options });
  open.push(opened);
  return opened;
}

/** Failed checks of the required scenarios, as `scenario:check`, and the scenarios that did not run. */
async function failedIn(ran: Scenarios, revision: string): Promise<string[]> {
  const required = await requiredScenarios(revision);
  expect(required.length).toBe(revision === '2026-07-28' ? 37 : 30);
  return required.flatMap((name) => {
    const checks = ran.get(name);
    return checks === undefined ? [`${name}: did not run`] : failuresOf(checks).map((check) => `${name}:${check}`);
  });
}

describe('the official conformance suite against our HTTP stack', () => {
  it('passes with the fixture behind it: all 37 required scenarios of 2026-07-28, and of 2025-11-25 the 26 of 30 that need no legacy session', async () => {
    const { url } = await doorwayTo({ makeServer: conformanceFixture });
    for (const [revision, expected] of [
      ['2026-07-28', []],
      ['2025-11-25', needSessions.checks],
    ] as const) {
      const ran = await runConformance(['server', '--url', url, '--requirements', revision]);
      expect(new Set(await failedIn(ran, revision))).toEqual(new Set<string>(expected));
    }
  }, 120_000);

  it('fails our own server in the checks that are listed with their reason, and in no other', async () => {
    const { url } = await doorwayTo({});
    for (const revision of ['2026-07-28', '2025-11-25'] as const) {
      const ran = await runConformance(['server', '--url', url, '--requirements', revision]);
      const lacking = lackingInOurServer[revision].flatMap(({ checks }) => checks);
      expect(new Set(await failedIn(ran, revision))).toEqual(new Set<string>(lacking));
    }
  }, 120_000);
});

async function doorwayTo(options: WorldOptions) {
  const { url } = await world(options);
  const { accessToken } = await connect({ url });
  const doorway = await openDoorway(`${url}/mcp`, accessToken);
  open.push(doorway);
  return doorway;
}

describe('the official conformance suite against our authorization server', () => {
  it('passes both scenarios: metadata, and a code grant that a person consents to', async () => {
    const { url } = await world();
    const port = await freePort();
    const { clientId } = await OAuthApp.register(url, { redirect_uris: [`http://127.0.0.1:${port}/callback`] });
    const person = new Person(url);
    const asked: Promise<void>[] = [];
    const ran = await runConformance(
      ['authorization', '--url', url, '--client-id', clientId, '--resource', `${url}/mcp`, '--port', String(port)],
      (printed) => {
        const page = /http:\/\/\S+\/oauth\/authorize\?\S+/.exec(printed)?.[0];
        if (page !== undefined && asked.length === 0) asked.push(consentTo(person, new URL(page)));
      },
    );
    await Promise.all(asked);
    expect(ran.size).toBe(2);
    const checks = [...ran.values()].flat();
    expect(checks.filter(({ status }) => status !== 'SUCCESS' && status !== 'INFO')).toEqual([]);
    expect(checks.length).toBeGreaterThanOrEqual(2);
  }, 60_000);
});

async function consentTo(person: Person, page: URL): Promise<void> {
  const visit = await person.signIn(await person.get(page), ada);
  const { location } = await person.consent(visit);
  if (location) await fetch(location);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
