import { randomBytes } from 'node:crypto';
import { openLedger, type Disclosure, type Ledger } from '../src/disclosure/ledger.ts';
import { systemClock } from '../src/words/dates.ts';
import type { SeededDatabase } from './databases.ts';
import { interleave, perSecond, ratioOf } from './measure.ts';
import { goal, heading, printRungs } from './report.ts';
import type { Owner } from './seed.ts';

const flights = [1, 8, 64] as const;
const key = { id: '00000000-0000-4000-8000-000000000000', bytes: randomBytes(32) };

/** Committed ledger rows a second: a transaction a row on chains of their own, against one chain that commits in groups. */
export async function runLedger({ on, rounds, seconds }: { on: SeededDatabase; rounds: number; seconds: number }): Promise<void> {
  const open = (): Ledger => openLedger({ ...on.database, key, clock: systemClock });
  const row = disclosureOf(on.owner);
  const grouped = open();
  const chains = Array.from({ length: 64 }, open);
  const perCall = (inFlight: number) => {
    const free = chains.slice(0, inFlight);
    return async () => {
      const chain = free.pop();
      if (!chain) throw new Error('more rows in flight than chains');
      await chain.record(row);
      free.push(chain);
    };
  };
  await Promise.all(chains.map((chain) => chain.record(row)));
  heading('Ledger rows a second, committed on disk');
  for (const inFlight of flights) {
    const names = { perCall: `${inFlight} in flight, a commit per call`, grouped: `${inFlight} in flight, grouped` };
    const measured = await interleave(
      [
        { name: names.perCall, measure: () => perSecond(perCall(inFlight), { inFlight, seconds }) },
        { name: names.grouped, measure: () => perSecond(() => grouped.record(row), { inFlight, seconds }) },
      ],
      rounds,
    );
    printRungs(measured, { base: names.perCall, unit: '/s' });
    if (inFlight === 64) goal('grouped / per call at 64 in flight', ratioOf(measured, names.grouped, names.perCall), { atLeast: 5 });
  }
}

function disclosureOf({ digest, accountId, appId, grantId }: Owner): Disclosure {
  return {
    digest,
    accountId,
    appId,
    grantId,
    scopes: ['certificates:read'],
    tool: 'search_certificates',
    purpose: 'fulfil_request',
    fieldNames: ['certificate', 'title', 'recipient_name', 'issued_on', 'expires_on', 'status', 'list_name'],
    recordCount: 20,
    outcome: 'answered',
  };
}
