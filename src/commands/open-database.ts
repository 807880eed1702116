import { SettingError, type Config } from '../config.ts';
import type { Clock } from '../policy/dates.ts';
import { openPostgres, type Database } from '../store/db.ts';
import { openEmbedded } from '../store/embedded.ts';
import { embeddedDataKey, settleDataKey } from '../store/embedded-key.ts';
import { migrate } from '../store/migrate.ts';
import type { Patience } from '../store/patience.ts';
import { toolsRole } from '../store/roles.ts';
import { verifyDatabase, verifyFoundations } from '../store/verify.ts';

export interface OpenDatabase {
  readonly database: Database;
  readonly dataKey: Buffer;
}

export interface OpenOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** Puts back functions, grants and policies that differ. */
  readonly repair?: boolean;
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
export async function openDatabase({ config, clock, repair = false, patience }: OpenOptions): Promise<OpenDatabase> {
  const dataKey = config.dataKey ?? (await embeddedDataKey({ directory: config.dataDir }));
  const database = await open(config, patience);
  try {
    await migrate({ database, clock, repair });
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
  return openPostgres({ url: databaseUrl, toolsUrl: toolsDatabaseUrl, toolsRole, connections, ...(patience && { patience }) });
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
