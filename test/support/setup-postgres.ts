import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { openPostgres } from '../../src/store/engine/db.ts';
import type { RoleNames } from '../../src/store/engine/role-names.ts';
import { startPostgres } from './postgres.ts';
import { ownerLogin, toolsLogin, urlFor } from './postgres-logins.ts';
import { emptyTemplate, fillEmptyTemplate } from './templates.ts';

/** Starts one server, makes the logins as an administrator would, and the template database as the plain owner. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  try {
    const roles = await prepare(server.adminUrl);
    project.provide('databases', { engine: 'postgres', adminUrl: server.adminUrl, roles });
  } catch (error) {
    await server.stop();
    throw new Error(`the Postgres template could not be made: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return () => server.stop();
}

async function prepare(adminUrl: string): Promise<RoleNames> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create role ${ownerLogin.name} login createrole password '${ownerLogin.password}'`);
  await admin.unsafe(`create database ${emptyTemplate} owner ${ownerLogin.name}`);
  const url = urlFor({ adminUrl, login: ownerLogin, database: emptyTemplate });
  const database = openPostgres({ url, toolsUrl: null, connections: 2 });
  const roles = await fillEmptyTemplate(database);
  await database.close();
  await admin.unsafe(`create role ${toolsLogin.name} login password '${toolsLogin.password}' in role ${roles.tools}`);
  await admin.end();
  return roles;
}
