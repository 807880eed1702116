import { SettingError, type Config } from '../config/settings.ts';
import type { Clock } from '../words/dates.ts';
import { openPostgres, type Database } from '../store/engine/db.ts';
import { openEmbedded } from '../store/engine/embedded.ts';
import { embeddedDataKey, settleDataKey } from '../store/engine/embedded-key.ts';
import { migrate, type Migration } from '../store/rules/migrate.ts';
import type { Patience } from '../store/engine/patience.ts';
import { verifyDatabase, verifyFoundations } from '../store/rules/verify.ts';

export interface OpenDatabase {
  readonly database: Database;
  readonly dataKey: Buffer;
}

export interface OpenOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly migration?: Pick<Migration, 'repair' | 'asCopy' | 'endRollOut'>;
  /** How long requests wait; commands wait as long as they must. */
  readonly patience?: Patience;
}

const connections = 6;

/** @throws SettingError when tools can't reach the database through their own login */
async function toolsLogin(database: Database): Promise<void> {
  try {
    await database.tools('select 1', []);
  } catch (cause) {
    throw new SettingError('TOOLS_DATABASE_URL: the database does not answer this login', { cause });
  }
}

/** Opens the database of the settings, migrated and compared with the policy. Nothing runs on one that differs. */
export async function openDatabase({ config, clock, migration, patience }: OpenOptions): Promise<OpenDatabase> {
  const dataKey = config.dataKey ?? (await embeddedDataKey({ directory: config.dataDir }));
  const database = await open(config, patience);
  try {
    await migrate({ database, clock, ...migration });
    await verifyFoundations(database);
    await toolsLogin(database);
    await verifyDatabase(database);
    return { database, dataKey: await settled(config, database, dataKey) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function settled({ dataKey: given, dataDir }: Config, { orm }: Database, dataKey: Buffer): Promise<Buffer> {
  return given ?? settleDataKey({ directory: dataDir, orm, dataKey });
}

async function open({ databaseUrl, toolsDatabaseUrl, dataDir }: Config, patience?: Patience): Promise<Database> {
  if (databaseUrl === null) return openEmbedded({ directory: dataDir });
  return openPostgres({ url: databaseUrl, toolsUrl: toolsDatabaseUrl, connections, ...(patience && { patience }) });
}

/** Opens the database for one command and closes it after. */
export async function withDatabase<Result>(options: OpenOptions, work: (opened: OpenDatabase) => Promise<Result>): Promise<Result> {
  const opened = await openDatabase(options);
  try {
    return await work(opened);
  } finally {
    await opened.database.close();
  }
}
