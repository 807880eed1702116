import type { Chance } from '../../src/demo/chance.ts';
import type { ConnectedApp, ToolAnswer } from './connect.ts';

/** An answer that a client holds in its hands: it must have a ledger row. */
export interface Received {
  readonly tool: string;
  readonly outcome: string;
  readonly records: number;
}

export interface Load {
  readonly received: Received[];
  /** Calls of which the client has had no answer, or one that says that there is none. */
  unanswered(): number;
  /** Resolves after this many more answers. */
  more(count: number): Promise<void>;
  /** No new calls; resolves when each that is out has ended, well or badly. */
  stop(): Promise<void>;
}

type Ask = (chance: Chance) => readonly [tool: string, input: Readonly<Record<string, unknown>>];

const calls: readonly [Ask, ...Ask[]] = [
  (chance) => ['search_certificates', { limit: 1 + chance.below(50) }],
  (chance) => ['search_recipients', { limit: 1 + chance.below(50) }],
  (chance) => ['list_certificate_lists', { limit: 1 + chance.below(3) }],
  () => ['get_account_summary', {}],
  () => ['explain_field_policy', { tool: 'search_recipients' }],
  () => ['get_certificate_summary', { public_number: 'there is no such number' }],
  () => ['search_certificates', { limit: 51 }],
  () => ['search_certificates', { cursor: 'made up' }],
];

/** Clients that call one tool after another and keep every answer. */
export function startLoad({ app, clients, chance }: { app: ConnectedApp; clients: number; chance: Chance }): Load {
  const received: Received[] = [];
  const waiting = new Set<{ readonly at: number; readonly resolve: () => void }>();
  let sent = 0;
  let going = true;
  const note = (tool: string, answer: ToolAnswer): void => {
    const outcome = outcomeOf(answer);
    if (outcome === null) return;
    received.push({ tool, outcome, records: outcome === 'answered' ? recordsOf(answer.structured) : 0 });
    for (const each of waiting) if (received.length >= each.at) each.resolve();
  };
  const client = async (): Promise<void> => {
    while (going) {
      const [tool, input] = chance.pick(calls)(chance);
      sent += 1;
      const answer = await app.call(tool, input).catch(() => null);
      if (answer) note(tool, answer);
      else await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    received,
    unanswered: () => sent - received.length,
    more: (count) =>
      new Promise((resolve) => {
        const waiter = {
          at: received.length + count,
          resolve: () => {
            waiting.delete(waiter);
            resolve();
          },
        };
        waiting.add(waiter);
      }),
    stop: async () => {
      going = false;
      await all;
    },
  };
}

/** What the ledger must say of an answer; null for one that says that there is none. */
function outcomeOf({ status, structured, error }: ToolAnswer): string | null {
  if (status !== 200 || error === 'try_later') return null;
  if (structured !== null) return 'answered';
  return error === null ? null : 'failed';
}

function recordsOf(structured: Readonly<Record<string, unknown>> | null): number {
  const lists = Object.values(structured ?? {}).filter(Array.isArray);
  const keys = Object.keys(structured ?? {});
  return lists.length > 0 && keys.every((key) => key === 'next_cursor' || Array.isArray(structured?.[key])) ? (lists[0]?.length ?? 0) : 1;
}
