import type { BenchPostgres, SeededDatabase } from './databases.ts';
import { loaded, requestsPerSecond } from './load.ts';
import { interleave, ratioOf } from './measure.ts';
import { openPlainSites, sdkName } from './plain-sites.ts';
import { openFullCall, openHello, type Protection } from './product-sites.ts';
import { goal, heading, printRungs } from './report.ts';
import type { Site } from './sites.ts';

const full = 'Certveil full call, all protections, Postgres';
const allOff = '  all of these off';
const noLedger = '  without the ledger';
const every: readonly Protection[] = ['ledger', 'handles', 'guard'];

/** Requests a second from the bare server up to a full call, and with each protection off in turn. */
export async function runLadder({ server, embedded, rounds, seconds }: Ladder): Promise<void> {
  const sites = [...(await openPlainSites()), ...(await openProductSites({ server, embedded }))];
  try {
    for (const site of sites) await requestsPerSecond(site, 1);
    const measured = await interleave(
      sites.map((site) => loaded(site, seconds)),
      rounds,
    );
    heading(`Requests a second, 32 connections, ${rounds} interleaved rounds of ${seconds} s; ratio to the SDK's hello in default wiring`);
    printRungs(measured, { base: sdkName, unit: '/s' });
    goal('full call / SDK hello', ratioOf(measured, full, sdkName), { atLeast: 0.7 });
    goal('all protections on / all off', ratioOf(measured, full, allOff), { atLeast: 0.6 });
    goal('full call / the same without the ledger', ratioOf(measured, full, noLedger), { atLeast: 0.9 });
  } finally {
    for (const site of sites) await site.close();
  }
}

interface Ladder {
  readonly server: BenchPostgres;
  readonly embedded: SeededDatabase;
  readonly rounds: number;
  readonly seconds: number;
}

async function openProductSites({ server, embedded }: Pick<Ladder, 'server' | 'embedded'>): Promise<Site[]> {
  return [
    await openHello({ name: 'Certveil hello (token checked), Postgres', on: server }),
    await openFullCall({ name: full, on: server }),
    await openFullCall({ name: noLedger, on: server, off: ['ledger'] }),
    await openFullCall({ name: '  without handles', on: server, off: ['handles'] }),
    await openFullCall({ name: '  without the guard', on: server, off: ['guard'] }),
    await openFullCall({ name: '  without row-level security', on: server.open }),
    await openFullCall({ name: allOff, on: server.open, off: every }),
    await openFullCall({ name: 'Certveil full call, all protections, PGlite', on: embedded }),
    await openFullCall({ name: '  all but row-level security off, PGlite', on: embedded, off: every }),
  ];
}
