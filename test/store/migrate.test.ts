import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openPostgres, type Database } from '../../src/store/engine/db.ts';
import { explain } from '../../src/boot/explain.ts';
import { openDatabase } from '../../src/boot/open-database.ts';
import type { Config } from '../../src/config/settings.ts';
import { migrate, MissingRights, NewerDatabase } from '../../src/store/rules/migrate.ts';
import { installationOf, readInstallation } from '../../src/store/engine/installation.ts';
import { namesOf } from '../../src/store/engine/role-names.ts';
import { readerRole } from '../support/roles.ts';
import { verifyDatabase } from '../../src/store/rules/verify.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { ownerLogin, urlFor } from '../support/postgres-logins.ts';

const clock = (): Date => new Date('2026-05-06T07:08:09.010Z');

async function history({ statement }: Database): Promise<{ migrations: number; appliedAt: string }> {
  const [row] = await statement<{ migrations: number; applied_at: string }>(
    `select (select count(*)::integer from drizzle.__drizzle_migrations) as migrations, applied_at from public.database_rules where name = 'rules'`,
    [],
  );
  return { migrations: row?.migrations ?? 0, appliedAt: row?.applied_at ?? '' };
}

describe('migrate', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.close());

  it('again changes nothing', async () => {
    const before = await history(opened.database);
    await migrate({ database: opened.database, clock });
    expect(await history(opened.database)).toEqual(before);
    await verifyDatabase(opened.database);
  });

  it('puts functions, grants and policies back as they are written when their text has changed', async () => {
    await opened.database.statement(`update database_rules set hash = 'older'`, []);
    await opened.database.statement(`drop policy ${readerRole} on certificates`, []);
    await migrate({ database: opened.database, clock });
    await verifyDatabase(opened.database);
    expect(new Date((await history(opened.database)).appliedAt)).toEqual(clock());
  });

  it('of an older version refuses a newer database in one line, and puts none of its own rules back', async () => {
    await opened.database.statement(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 99999999999999)`, []);
    await opened.database.statement(`update database_rules set hash = 'newer'`, []);
    const before = await history(opened.database);
    for (const repair of [false, true]) {
      const refused: unknown = await migrate({ database: opened.database, clock: () => new Date(0), repair }).catch(
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(NewerDatabase);
      expect(explain(refused)).toBe('The database was migrated by a newer version of certveil. Run that version.');
    }
    expect(await history(opened.database)).toEqual(before);
    await opened.database.statement(`delete from drizzle.__drizzle_migrations where hash = 'newer'`, []);
    await migrate({ database: opened.database, clock });
    await verifyDatabase(opened.database);
  });
});

describe.runIf(inject('databases').engine === 'postgres')('migrate on Postgres', () => {
  let admin: postgres.Sql;
  let adminUrl: string;

  beforeAll(() => {
    const databases = inject('databases');
    adminUrl = databases.engine === 'postgres' ? databases.adminUrl : '';
    admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  });
  afterAll(() => admin.end());

  it('runs once when four instances start together on an empty database, as its plain owner', async () => {
    const name = `fresh_${randomBytes(6).toString('hex')}`;
    await admin.unsafe(`create database ${name} owner ${ownerLogin.name}`);
    const url = urlFor({ adminUrl, login: ownerLogin, database: name });
    const instances = Array.from({ length: 4 }, () => openPostgres({ url, toolsUrl: null, connections: 1 }));
    try {
      await Promise.all(instances.map((database, at) => migrate({ database, clock: () => new Date(clock().getTime() + at) })));
      const [first] = instances;
      if (!first) throw new Error('no instance');
      const { migrations } = await history(first);
      expect(await first.statement('select from drizzle.__drizzle_migrations group by hash', [])).toHaveLength(migrations);
      for (const database of instances) await verifyDatabase(database);
    } finally {
      await Promise.all(instances.map((database) => database.close()));
      await admin.unsafe(`drop database ${name} with (force)`);
    }
  });
});

describe.runIf(inject('databases').engine === 'postgres')('migrate on a server where the roles are missing', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('by a login that may not make roles says what an administrator must run, and works once that was run', async () => {
    const admin = postgres(server.adminUrl, { max: 1, onnotice: () => undefined });
    const login = { name: 'plain "owner"', password: 'plain' };
    await admin.unsafe(`create role "plain ""owner""" login nocreaterole password 'plain'`);
    await admin.unsafe(`create database plain owner "plain ""owner"""`);
    const database = openPostgres({
      url: urlFor({ adminUrl: server.adminUrl, login, database: 'plain' }),
      toolsUrl: null,
      connections: 1,
    });
    try {
      const refused: unknown = await migrate({ database, clock }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(MissingRights);
      const { sql } = refused as MissingRights;
      const { names } = await readInstallation(database.statement);
      for (const role of namesOf(names)) {
        expect(sql).toContain(`create role ${role} nologin;`);
        expect(sql).toContain(`grant ${role} to "plain ""owner""";`);
      }
      await admin.unsafe(sql).simple();
      await migrate({ database, clock });
      await verifyDatabase(database);
    } finally {
      await database.close();
      await admin.end();
    }
  });

  it('repairs a backup that was restored without roles, grants, functions and policies; a start alone refuses it and says what is missing', async () => {
    const admin = postgres(server.adminUrl, { max: 1, onnotice: () => undefined });
    await admin.unsafe('drop database if exists plain with (force)');
    await admin.unsafe(`create role restorer login createrole password 'restorer'`);
    await admin.unsafe('create database restored owner restorer');
    const url = urlFor({ adminUrl: server.adminUrl, login: { name: 'restorer', password: 'restorer' }, database: 'restored' });
    const config = { databaseUrl: url, toolsDatabaseUrl: null, dataKey: Buffer.alloc(32) } as Config;
    const inside = postgres(urlFor({ adminUrl: server.adminUrl, database: 'restored' }), { max: 1, onnotice: () => undefined });
    const start = async () => {
      const refused: unknown = await openDatabase({ config, clock }).then(
        ({ database }) => database.close(),
        (error: unknown) => error,
      );
      return refused === undefined ? 'started' : explain(refused);
    };
    try {
      expect(await start()).toBe('started');
      const rows = await inside.unsafe<{ name: string }[]>('select name from database_rules');
      const roles = namesOf(installationOf(rows).names);
      await inside.unsafe('drop schema certveil cascade').simple();
      await inside.unsafe(roles.map((role) => `drop owned by ${role};`).join('')).simple();
      await inside.unsafe(roles.map((role) => `drop role ${role};`).join('')).simple();
      const refused = await start();
      expect(refused).toContain('`certveil migrate` puts back roles, functions, triggers, grants and policies');
      for (const each of [...roles.map((role) => `role ${role}`), 'schema certveil']) expect(refused).toContain(`  ${each} is missing`);
      await (await openDatabase({ config, clock, migration: { repair: true } })).database.close();
      expect(await start()).toBe('started');
    } finally {
      await Promise.all([inside.end(), admin.end()]);
    }
  });
});
