import type postgres from 'postgres';
import { DatabaseBusy, isLost, type Patience } from './patience.ts';

export type TransactionWork = (sql: postgres.TransactionSql) => Promise<unknown>;

interface InTime {
  readonly client: postgres.Sql;
  readonly work: TransactionWork;
  readonly patience: Patience;
}

/** A transaction that gets its connection in time or not at all, that the server ends in time, and that a lost connection ends at once. */
export function beginInTime({ client, work, patience: { waitMs, transactionMs } }: InTime): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = new DatabaseBusy('no connection in time');
    const state = { isLate: false, isOver: false };
    const timer = setTimeout(() => {
      state.isLate = true;
      reject(late);
    }, waitMs);
    const bounded: TransactionWork = async (sql) => {
      clearTimeout(timer);
      if (state.isLate) throw late;
      const canLimit = Number.parseInt(String(client.parameters['server_version']), 10) >= 17;
      // Sent along with the first statement, so it costs no round trip.
      const limit = canLimit ? sql.unsafe(`set local transaction_timeout = ${transactionMs}`) : null;
      const [result] = await Promise.all([work(guarded(sql, state)), limit]);
      return result;
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
  readonly isOver: boolean;
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

/** Sends nothing on a connection that is gone. */
function guarded(sql: postgres.TransactionSql, state: State): postgres.TransactionSql {
  return new Proxy(sql, {
    get(target, property) {
      const sends = property === 'unsafe' || property === 'savepoint';
      if (sends && state.isOver) throw new DatabaseBusy('the connection is gone');
      if (property !== 'savepoint') return Reflect.get(target, property, target) as unknown;
      return (work: TransactionWork) => target.savepoint(untilLost((inner) => work(guarded(inner, state)), state));
    },
  });
}
