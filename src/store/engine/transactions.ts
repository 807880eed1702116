import type postgres from 'postgres';
import { cancelQuietly, DatabaseBusy, isLost, type Cancellable, type Patience } from './patience.ts';

export type TransactionWork = (sql: postgres.TransactionSql) => Promise<unknown>;

interface InTime {
  readonly client: postgres.Sql;
  readonly work: TransactionWork;
  readonly patience: Patience;
}

/** A transaction that gets its connection in time or not at all, gives it back in time, and that a lost connection ends at once. */
export function beginInTime({ client, work, patience: { waitMs, transactionMs, serverTransactionMs } }: InTime): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = new DatabaseBusy('no connection in time');
    const state: State & { isLate: boolean } = { isLate: false, isOver: false, isSpent: false, sent: [] };
    const timer = setTimeout(() => {
      state.isLate = true;
      reject(late);
    }, waitMs);
    const bounded: TransactionWork = async (sql) => {
      clearTimeout(timer);
      if (state.isLate) throw late;
      const canLimit = serverTransactionMs !== null && Number.parseInt(String(client.parameters['server_version']), 10) >= 17;
      // Sent along with the first statement, so it costs no round trip.
      const limit = canLimit ? sql.unsafe(`set local transaction_timeout = ${serverTransactionMs}`) : null;
      const deadline = setTimeout(() => spend(state), transactionMs);
      try {
        const [result] = await Promise.all([work(guarded(sql, state)), limit]);
        return result;
      } finally {
        clearTimeout(deadline);
      }
    };
    client
      .begin(untilLost(bounded, state))
      .finally(() => {
        state.isOver = true;
        clearTimeout(timer);
      })
      .then(resolve, reject);
  });
}

interface State {
  /** Its connection is lost, or given back. */
  isOver: boolean;
  /** Its time is up. */
  isSpent: boolean;
  /** The latest statements, as many as may be on their way at once. */
  sent: readonly Cancellable<unknown>[];
}

const mostOnTheirWay = 16;

/** Statements behind the one that runs fail with it. A cancel for them would come late, and meet whoever has the connection next. */
function spend(state: State): void {
  state.isSpent = true;
  const running = state.sent.find((query) => Reflect.get(query, 'active') === true);
  if (running) cancelQuietly(running);
}

/** The driver would write the end of a transaction to a connection that is gone, which ends the process: it rejects `begin` by itself then. */
function untilLost(work: TransactionWork, state: State): TransactionWork {
  const never = new Promise<never>(() => undefined);
  return async (sql) => {
    try {
      const result = await work(sql);
      return state.isOver ? await never : result;
    } catch (error) {
      if (state.isOver || isLost(error)) return never;
      throw error;
    }
  };
}

/** Sends nothing on a connection that is gone, nor when its time is up. */
function guarded(sql: postgres.TransactionSql, state: State): postgres.TransactionSql {
  const unsafe = (...given: Parameters<typeof sql.unsafe>) => {
    const query = sql.unsafe(...given);
    state.sent = [...state.sent.slice(1 - mostOnTheirWay), query];
    return query;
  };
  return new Proxy(sql, {
    get(target, property) {
      const sends = property === 'unsafe' || property === 'savepoint';
      if (sends && state.isOver) throw new DatabaseBusy('the connection is gone');
      if (sends && state.isSpent) throw new DatabaseBusy('the time of the transaction is up');
      if (property === 'unsafe') return unsafe;
      if (property !== 'savepoint') return Reflect.get(target, property, target) as unknown;
      return (work: TransactionWork) => target.savepoint(untilLost((inner) => work(guarded(inner, state)), state));
    },
  });
}
