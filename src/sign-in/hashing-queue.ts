import { AppError } from '../errors.ts';

const inParallel = 4;
const lanes = ['known', 'strangers'] as const;
const chairs = { known: 64, strangers: 64 } as const;

/** Whose turn it is. Known browsers have chairs of their own; within a lane everybody has the same share. */
export interface Place {
  readonly lane: (typeof lanes)[number];
  readonly who: string;
}

export type InTurn = <Result>(work: () => Promise<Result>, place?: Place) => Promise<Result>;

interface Waiting {
  readonly go: () => void;
  readonly leave: (error: AppError) => void;
}

/**
 * Hashing takes memory and a thread: a few at a time, a queue, and beyond it a refusal. Nobody's many keep others out: whoever has
 * fewest waiting is served next, and gets the chair of whoever has most. @throws AppError try_later
 */
export function makeTurns({ onRefused = () => undefined }: { readonly onRefused?: () => void } = {}): InTurn {
  const queues = { known: makeQueue(chairs.known), strangers: makeQueue(chairs.strangers) };
  let running = 0;
  let last: Place['lane'] = 'strangers';
  const next = (): Waiting | undefined => {
    const [first, second] = last === 'strangers' ? lanes : lanes.toReversed();
    for (const lane of [first, second]) {
      const waiting = lane && queues[lane].shift();
      if (!waiting) continue;
      last = lane;
      return waiting;
    }
    return undefined;
  };
  const wait = ({ lane, who }: Place) =>
    new Promise<void>((go, refuse) => {
      const leave = (error: AppError): void => {
        onRefused();
        refuse(error);
      };
      queues[lane].push(who, { go, leave });
    });
  return async (work, place = { lane: 'strangers', who: '' }) => {
    if (running >= inParallel) await wait(place);
    else running += 1;
    try {
      return await work();
    } finally {
      const waiting = next();
      if (waiting) waiting.go();
      else running -= 1;
    }
  };
}

function makeQueue(most: number): { push(who: string, waiting: Waiting): void; shift(): Waiting | undefined } {
  const byWhom = new Map<string, Waiting[]>();
  const count = () => [...byWhom.values()].reduce((sum, each) => sum + each.length, 0);
  const longest = () => [...byWhom].reduce((most, each) => (each[1].length > most[1].length ? each : most), ['', [] as Waiting[]] as const);
  return {
    push: (who, waiting) => {
      const mine = byWhom.get(who) ?? [];
      if (count() >= most) {
        const [, theirs] = longest();
        if (theirs.length <= mine.length + 1) return waiting.leave(new AppError('try_later'));
        theirs.pop()?.leave(new AppError('try_later'));
      }
      mine.push(waiting);
      byWhom.set(who, mine);
    },
    shift: () => {
      const [who, theirs] = byWhom.entries().next().value ?? [];
      if (who === undefined) return undefined;
      byWhom.delete(who);
      const waiting = theirs?.shift();
      // The next turn is another's.
      if (theirs && theirs.length > 0) byWhom.set(who, theirs);
      return waiting;
    },
  };
}
