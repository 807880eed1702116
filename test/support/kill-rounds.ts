import { chanceFrom } from '../../src/demo/chance.ts';
import { connect, type ConnectedApp } from './connect.ts';
import type { Installation } from './installation.ts';
import { soundLedger } from './ledger-chain.ts';
import { startLoad, type Received } from './load.ts';
import { startServer } from './server-process.ts';

/** What clients saw between a start and the kill that ended it. */
export interface Round {
  readonly from: Date;
  readonly to: Date;
  readonly received: readonly Received[];
  readonly unanswered: number;
}

export interface Rounds {
  readonly place: Installation;
  readonly rounds: number;
  readonly seed: number;
  /** How many answers a round waits for, at least; 20 unless told. */
  readonly least?: number;
  /** How many more than that it may wait for; 80 unless told. */
  readonly longest?: number;
  /** Does another harm, after which the server must answer again by itself; the default kills the server with SIGKILL. */
  readonly strike?: () => Promise<void>;
}

/** Starts the server, loads it, kills it in the middle, so many times on one database. */
export async function killInRounds({ place, rounds, seed, least = 20, longest = 80, strike }: Rounds): Promise<Round[]> {
  const seen: Round[] = [];
  let app: ConnectedApp | null = null;
  for (let round = 0; round < rounds; round += 1) {
    const chance = chanceFrom(seed * 1_000 + round);
    const server = await startServer(place.settings);
    try {
      if (round % 50 === 0) app = null;
      app ??= await connect(server);
      const from = new Date();
      const load = startLoad({ app, clients: 2 + chance.below(10), chance });
      await load.more(least + chance.below(longest));
      if (strike) {
        await strike();
        await load.more(20);
      } else await server.kill();
      await load.stop();
      seen.push({ from, to: new Date(), received: load.received, unanswered: load.unanswered() });
    } finally {
      await server.kill();
    }
  }
  return seen;
}

/** Where the ledger and what clients were told don't agree: an answer without its row, or rows that nobody can have asked for. */
export async function disagreements(place: Installation, rounds: readonly Round[]): Promise<string[]> {
  const rows = await place.inspect(soundLedger);
  return rounds.flatMap(({ from, to, received, unanswered }, round) => {
    const written = rows.filter(({ at }) => new Date(at) >= from && new Date(at) <= to);
    const inLedger = countByName(written.map(({ tool, outcome, record_count: records }) => ({ tool, outcome, records })));
    const missing = [...countByName(received)].filter(([name, count]) => count > (inLedger.get(name) ?? 0));
    return [
      ...missing.map(([name, count]) => `round ${round}: ${count} answers "${name}", ${inLedger.get(name) ?? 0} rows`),
      ...(written.length > received.length + unanswered
        ? [`round ${round}: ${written.length} rows for ${received.length} answers and ${unanswered} calls in flight`]
        : []),
    ];
  });
}

function countByName(answers: readonly Received[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tool, outcome, records } of answers) {
    const name = `${tool} ${outcome} ${records}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
