/** For how long a request waits on the database, in milliseconds, so that it holds no connection over 30 seconds. */
export interface Patience {
  /** For a connection, or for the answer to a statement that stands alone. */
  readonly waitMs: number;
  readonly lockMs: number;
  readonly statementMs: number;
  /** For a whole transaction: from then on its running statement is cancelled, and no further one sent. */
  readonly transactionMs: number;
  /** After which the server ends the connection of a transaction, where it can (Postgres 17 and newer). */
  readonly serverTransactionMs: number | null;
}

export const patience: Patience = {
  waitMs: 15_000,
  lockMs: 10_000,
  statementMs: 25_000,
  transactionMs: 28_000,
  serverTransactionMs: 30_000,
};

/** The database didn't come to a request in time. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy';
}

const lostCodes = [
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
];
const busyCodes = ['55P03', '57014', '25P03', '25P04', '57P01', '57P02', '57P03', '57P05', '53300', '53400', '40001', '40P01'];

/** Whether the same request may well succeed later: the database was busy, locked, or not there. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof DatabaseBusy || isLost(error) || busyCodes.includes(codeOf(error)) || isPassing(error.cause);
}

/** Whether a lock wasn't there in the time of `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && (codeOf(error) === '55P03' || isLockTimeout(error.cause));
}

/** Whether this error is the last that a connection had to say. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const severity: unknown = Reflect.get(error, 'severity');
  return lostCodes.includes(codeOf(error)) || severity === 'FATAL' || severity === 'PANIC' || isLost(error.cause);
}

function codeOf(error: Error): string {
  return String(Reflect.get(error, 'code'));
}

/** A query that is given up, and cancelled, when its answer takes too long: connections are shared, so it may stand behind another. */
export function withPatience<Query extends Cancellable<unknown>>(query: Query, waitMs: number): Query {
  return new Proxy(query, {
    get(target, property) {
      if (property === 'then') {
        const answer = answerInTime(target, waitMs);
        return answer.then.bind(answer);
      }
      if (property === 'values' && hasValues(target)) return () => withPatience(target.values(), waitMs);
      return Reflect.get(target, property, target) as unknown;
    },
  });
}

/** What drizzle asks for rows as lists. */
function hasValues<Query>(query: Query): query is Query & { values(): Cancellable<unknown> } {
  return typeof query === 'object' && query !== null && 'values' in query;
}

/** The driver's query; its own `cancel` drops the promise of `canceller`, and a cancel that can't be sent would end the process. */
export interface Cancellable<Result> extends PromiseLike<Result> {
  cancel(): void;
}

/** Asks the server to stop a statement that runs. Where it can't be asked, its own time limit stops it. */
export function cancelQuietly(query: Cancellable<unknown>): void {
  const canceller: unknown = Reflect.get(query, 'canceller');
  if (typeof canceller !== 'function') return;
  Reflect.set(query, 'canceller', null);
  Promise.resolve(Reflect.apply(canceller, undefined, [query])).catch((_unsent: unknown) => undefined);
}

function answerInTime<Result>(query: Cancellable<Result>, waitMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      cancelQuietly(query);
      reject(new DatabaseBusy('no answer in time'));
    }, waitMs);
    query.then(resolve, reject).then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
  });
}
