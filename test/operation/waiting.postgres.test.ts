import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isPassing, type Patience } from '../../src/store/engine/patience.ts';
import { cookiesOf, handleOf } from '../support/attempts.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { openTestDatabase } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

const long = 20_000;
const patient: Patience = { waitMs: long, lockMs: long, statementMs: long, transactionMs: long, serverTransactionMs: null };

describe('a request that waits for Postgres', () => {
  const toClose: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of toClose.splice(0).toReversed()) await close();
  });

  async function open(patience: Partial<Patience>): Promise<{ world: World; app: ConnectedApp; handle: string }> {
    const world = await openWorld({ demo: true, patience: { ...patient, ...patience } });
    toClose.push(() => world.close());
    const app = await connect(world, { name: 'Waits' });
    return { world, app, handle: await handleOf(app, 'Waits') };
  }

  /** Locks from a connection of its own, until the answer is called. */
  async function lock({ database }: World, statement: string): Promise<() => Promise<void>> {
    const connection = database.dedicated();
    await connection.orm.execute(sql.raw('begin'));
    await connection.orm.execute(sql.raw(statement));
    let held = true;
    const release = async () => {
      if (held) await connection.release();
      held = false;
    };
    toClose.push(release);
    return release;
  }

  async function revoke(world: World, { person }: ConnectedApp, handle: string): Promise<unknown[]> {
    const response = await fetch(`${world.url}/api/apps/${handle}/revoke`, {
      method: 'POST',
      headers: { cookie: cookiesOf(person), origin: world.url, 'content-type': 'application/json' },
      body: '{}',
    });
    const { error } = (await response.json()) as { error?: { code: string } };
    return [response.status, response.headers.get('retry-after'), error?.code];
  }

  const later = [503, '5', 'try_later'];

  it('behind a locked row gets 503 and when to come back, changes nothing, and succeeds when it does', async () => {
    const { world, app, handle } = await open({ lockMs: 100 });
    const release = await lock(world, `update apps set name = name where name = 'Waits'`);
    expect(await revoke(world, app, handle)).toEqual(later);
    expect((await app.call('get_account_summary')).structured).not.toBeNull();
    await release();
    expect(await revoke(world, app, handle)).toEqual([200, null, undefined]);
    expect((await app.call('get_account_summary')).status).toBe(401);
  });

  it('at a page, the token endpoint or a tool gets the same, in its own form, and a refresh token is not used up', async () => {
    const { world, app } = await open({ lockMs: 100 });
    const release = await lock(world, 'lock table grants, oauth_artifacts in access exclusive mode');
    const page = await app.person.get('/dashboard');
    expect([page.status, page.headers.get('retry-after'), page.body.includes('Try again later.')]).toEqual([503, '5', true]);
    const refused = await app.app.refresh(app.refreshToken);
    expect([refused.status, refused.headers.get('retry-after'), refused.body]).toEqual([
      503,
      '5',
      { error: 'temporarily_unavailable', error_description: expect.any(String) },
    ]);
    const call = await app.call('get_account_summary');
    expect([call.status, call.headers.get('retry-after')]).toEqual([503, '5']);
    await release();
    expect((await app.person.get('/dashboard')).status).toBe(200);
    expect((await app.app.refresh(app.refreshToken)).status).toBe(200);
    expect((await app.call('get_account_summary')).structured).not.toBeNull();
  });

  it('for a connection, while others hold them all, is told so in time, and they end as they would have', async () => {
    const { world, app } = await open({ waitMs: 400 });
    const others = [];
    for (const name of ['One', 'Two', 'Three', 'Four']) {
      const other = await connect(world, { name });
      others.push({ other, handle: await handleOf(other, name) });
    }
    const release = await lock(world, 'lock table consent_events in access exclusive mode');
    const changes = others.map(({ other, handle }) => revoke(world, other, handle));
    const blocked = `select count(*)::integer as count from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`;
    const watch = world.database.dedicated();
    toClose.push(() => watch.release());
    for (let count = 0; count < 4;)
      count = Number(((await watch.orm.execute(sql.raw(blocked))) as unknown as { count: number }[])[0]?.count);
    const page = await app.person.get('/dashboard');
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    await release();
    for (const change of changes) expect(await change).toEqual([200, null, undefined]);
    expect((await app.person.get('/dashboard')).status).toBe(200);
  });

  it.each([
    ['the server, where it can', { serverTransactionMs: 400 }, 4],
    ['the client, for a server that can’t (Postgres 15 and 16)', { transactionMs: 400 }, 1],
  ])('in one long transaction is ended in time by %s, and others are served on', async (_, limits, connections) => {
    const { database, close } = await openTestDatabase({ patience: { ...patient, ...limits }, connections });
    toClose.push(close);
    const slow = (seconds: number, statements: number, nested = false) =>
      database.orm.transaction(async (tx) => {
        const work = async (inner: typeof tx) => {
          for (let count = 0; count < statements; count += 1) await inner.execute(sql`select pg_sleep(${seconds})`);
        };
        await (nested ? tx.transaction(work) : work(tx));
      });
    expect(await slow(0, 2)).toBeUndefined();
    for (const [seconds, statements, nested] of [
      [10, 1, false],
      [0.05, 200, false],
      [10, 1, true],
    ] as const) {
      const begun = performance.now();
      const error: unknown = await slow(seconds, statements, nested).catch((each: unknown) => each);
      expect([error instanceof Error, isPassing(error), performance.now() - begun < 5_000]).toEqual([true, true, true]);
      expect(await database.statement('select 1 as one', [])).toEqual([{ one: 1 }]);
    }
    expect(await database.orm.transaction((tx) => tx.execute(sql`select 1 as one`))).toEqual([{ one: 1 }]);
  });

  it('and all that it did in it is undone', async () => {
    const { database, close } = await openTestDatabase({
      patience: { ...patient, transactionMs: 300 },
      connections: 2,
    });
    toClose.push(close);
    await database.statement('create table kept (n integer)', []);
    const error: unknown = await database.orm
      .transaction(async (tx) => {
        await tx.execute(sql`insert into kept values (1)`);
        await Promise.all([tx.execute(sql`select pg_sleep(10)`), tx.execute(sql`insert into kept values (2)`)]);
      })
      .catch((each: unknown) => each);
    expect([isPassing(error), await database.statement('select n from kept', [])]).toEqual([true, []]);
    const waiting = `select count(*)::integer as count from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`;
    await vi.waitFor(async () => expect(await database.statement(waiting, [])).toEqual([{ count: 0 }]));
  });

  it('whose connection is lost between two statements, or in a nested transaction, fails alone: the process goes on', async () => {
    const { database, close } = await openTestDatabase({ patience: patient, connections: 2 });
    toClose.push(close);
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'certveil' and pid <> pg_backend_pid() and datname = current_database()`;
    const broken = (nested: boolean) =>
      database.orm.transaction(async (tx) => {
        const work = async (inner: typeof tx) => {
          await inner.execute(sql`select 1`);
          const other = database.dedicated();
          await other.orm.execute(sql.raw(end));
          await other.release();
          await inner.execute(sql`select 2`);
        };
        await (nested ? tx.transaction(work) : work(tx));
      });
    for (const nested of [false, true]) {
      const error: unknown = await broken(nested).catch((each: unknown) => each);
      expect(isPassing(error)).toBe(true);
    }
    expect(await database.orm.transaction((tx) => tx.execute(sql`select 1 as one`))).toEqual([{ one: 1 }]);
  });

  it('that fails for another reason is not told to come back', () => {
    expect([new Error('x'), Object.assign(new Error('x'), { code: '23505' }), 'x', null].map(isPassing)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
