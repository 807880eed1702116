import { Readable } from 'node:stream';
import { importTls } from '../../src/source/import-tls.ts';
import type { World } from './world.ts';

/** Brings a PEM file or a CSV of orders through the real import. */
export async function bringTls({ database }: Pick<World, 'database'>, email: string, file: string): Promise<void> {
  await importTls({ database, accountEmail: email, input: Readable.from([Buffer.from(file)]) });
}
