import { join } from 'node:path';
import { z } from 'zod';
import { services, type Service } from '../policy/classes.ts';
import { parseMailServer, type MailServer } from './mail-server.ts';
import { isDay } from '../words/dates.ts';
import { cleanText } from '../words/text.ts';
import { operatorClasses, parseOperatorPeriods, type OperatorPeriods } from '../policy/retention.ts';

/** A bad setting: one line that names it. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Origin that people and apps reach the server under, without a trailing slash. */
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly toolsDatabaseUrl: string | null;
  /** Where deletions are noted outside the database, to be replayed over a restored backup. */
  readonly deletionsLog: string;
  readonly services: readonly Service[];
  /** How long what no notice promises is kept. */
  readonly retention: OperatorPeriods;
  /** 32 bytes; null when embedded, where it is made and kept in `dataDir`. */
  readonly dataKey: Buffer | null;
  /** What `certveil keys rotate` puts in its place. */
  readonly nextDataKey: Buffer | null;
  /** Null: mail waits in the outbox. */
  readonly mailServer: MailServer | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** How many proxies in front append to X-Forwarded-For. */
  readonly trustedProxies: number;
  /** Postal address of who runs the installation, for the notices (CS-60). */
  readonly operatorAddress: string | null;
  readonly certumsslNoticeDate: string | null;
  /** Which versions of the protocol `/mcp` speaks: 2026-07-28 and those before it, or only those before it. */
  readonly eras: (typeof eras)[number];
  readonly metricsPort: number | null;
  readonly logLevel: LogLevel;
}

const eras = ['both', 'legacy'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const digits = z.string().regex(/^[0-9]{1,5}$/);
const port = digits.pipe(z.coerce.number<string>().int().min(1).max(65_535));
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const key = z.string().transform(decodeKey).pipe(z.instanceof(Buffer));
const aKey = { schema: key, wants: '32 random bytes in base64 or hexadecimal' };

interface Setting {
  readonly schema: z.ZodType;
  /** Completes "NAME must be …". */
  readonly wants: string;
  readonly without: string;
  readonly says: string;
}

export const settings = {
  PORT: { schema: port, wants: 'a port number, 1 to 65535', without: '3000', says: 'port to listen on' },
  HOST: {
    schema: z.string().regex(/^[A-Za-z0-9.:-]+$/),
    wants: 'a host name or address',
    without: '127.0.0.1',
    says: 'address to listen on',
  },
  PUBLIC_URL: {
    schema: z.string().refine(isOrigin),
    wants: 'an http or https origin without a path, such as https://mcp.example.com',
    without: 'http://localhost:PORT',
    says: 'the origin that people and apps reach it under',
  },
  DATA_DIR: { schema: z.string().min(1), wants: 'a directory', without: '.data', says: 'where the embedded database and its key live' },
  DATABASE_URL: {
    schema: postgresUrl,
    wants: 'a URL that begins with postgres://',
    without: 'embedded PGlite',
    says: 'Postgres 15 or newer',
  },
  TOOLS_DATABASE_URL: {
    schema: postgresUrl,
    wants: 'a URL that begins with postgres://',
    without: 'DATABASE_URL’s login, dropped to the execute-only role',
    says: 'a login of its own for the tools, member of the tools’ role that `certveil migrate` names, and of nothing else',
  },
  SERVICES: {
    schema: z
      .string()
      .transform(listOfServices)
      .pipe(z.array(z.enum(services)).min(1)),
    wants: `one or both of ${services.join(',')}`,
    without: services.join(','),
    says: 'the services that this installation runs',
  },
  RETENTION: {
    schema: z
      .string()
      .transform(parseOperatorPeriods)
      .refine((periods) => periods !== null),
    wants: `such as certificate=120 months,ledger=3 years, of the classes ${operatorClasses.join(', ')}`,
    without: 'what no notice promises is kept',
    says: 'how long classes are kept that no notice promises; people read it as “not promised in the notice”',
  },
  DATA_KEY: { ...aKey, without: 'made and kept in DATA_DIR when embedded; required with DATABASE_URL', says: 'wraps every other key' },
  DATA_KEY_NEXT: { ...aKey, without: 'none', says: 'takes the place of DATA_KEY when certveil keys rotate is run; nothing else reads it' },
  SMTP_URL: {
    schema: z
      .string()
      .transform(parseMailServer)
      .refine((server) => server !== null),
    wants: 'smtp://user:password@host:587?from=address or smtps://…, with from where the user is no address',
    without: 'mail waits in the outbox, which certveil outbox prints',
    says: 'the server that takes our mail, and after ?from= the address that it comes from; TLS is required unless it is on this machine',
  },
  DELETIONS_LOG: {
    schema: z.string().min(1),
    wants: 'a file',
    without: 'deletions.log in DATA_DIR',
    says: 'a file outside the database that every deletion is noted in, for a restored backup',
  },
  TLS_CERT: {
    schema: z.string().min(1),
    wants: 'a PEM file',
    without: 'plain HTTP, for a proxy in front',
    says: 'certificate chain to serve HTTPS with',
  },
  TLS_KEY: { schema: z.string().min(1), wants: 'a PEM file', without: 'plain HTTP', says: 'its private key' },
  TRUSTED_PROXIES: {
    schema: digits.pipe(z.coerce.number<string>().int().min(0).max(10)),
    wants: 'a number, 0 to 10',
    without: '0: the connection’s own address counts',
    says: 'how many proxies in front append to X-Forwarded-For; limits and the log of verification links take the client’s address from there',
  },
  OPERATOR_ADDRESS: {
    schema: z
      .string()
      .transform((text) => cleanText(text, 300))
      .pipe(z.string().min(1)),
    wants: 'a postal address in one line',
    without: 'not named, and the start says so',
    says: 'postal address of who runs the installation, for the notices',
  },
  CERTUMSSL_NOTICE_DATE: {
    schema: z.string().refine(isDay),
    wants: 'a day written YYYY-MM-DD',
    without: 'the day of the first start',
    says: 'effective date of the first version of CertumSSL’s notice',
  },
  MCP_ERAS: {
    schema: z.enum(eras),
    wants: `one of ${eras.join(', ')}`,
    without: 'both',
    says: 'legacy refuses protocol 2026-07-28 and serves 2025-11-25 and older only, for the day that an assistant breaks on the new one',
  },
  METRICS_PORT: { schema: port, wants: 'a port number, 1 to 65535', without: 'off', says: 'port for /metrics (Prometheus text)' },
  LOG_LEVEL: { schema: z.enum(logLevels), wants: `one of ${logLevels.join(', ')}`, without: 'info', says: 'how much is logged' },
} as const satisfies Record<string, Setting>;

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return ['http:', 'https:'].includes(url.protocol) && (url.origin === text || `${url.origin}/` === text);
}

function listOfServices(text: string): string[] {
  return [...new Set(text.split(',').map((each) => each.trim()))];
}

function decodeKey(text: string): Buffer | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : null;
}

type Settings = typeof settings;
type Value<Name extends keyof Settings> = z.output<Settings[Name]['schema']>;

/** Reads the settings once, at start. @throws SettingError with one line that names the bad setting */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = <Name extends keyof Settings>(name: Name): Value<Name> | null => {
    const text = environment[name];
    if (text === undefined || text === '') return null;
    const parsed = settings[name].schema.safeParse(text);
    if (!parsed.success) throw new SettingError(`${name} must be ${settings[name].wants}`);
    return parsed.data as Value<Name>;
  };
  const listenPort = read('PORT') ?? 3000;
  const databaseUrl = read('DATABASE_URL');
  const dataKey = read('DATA_KEY');
  if (databaseUrl !== null && dataKey === null) throw new SettingError('DATA_KEY must be set when DATABASE_URL is');
  const toolsDatabaseUrl = read('TOOLS_DATABASE_URL');
  if (toolsDatabaseUrl !== null && databaseUrl === null) throw new SettingError('DATABASE_URL must be set when TOOLS_DATABASE_URL is');
  const certFile = read('TLS_CERT');
  const keyFile = read('TLS_KEY');
  if ((certFile === null) !== (keyFile === null)) throw new SettingError('TLS_CERT and TLS_KEY must be set together');
  return {
    port: listenPort,
    host: read('HOST') ?? '127.0.0.1',
    publicUrl: new URL(read('PUBLIC_URL') ?? `${certFile === null ? 'http' : 'https'}://localhost:${listenPort}`).origin,
    dataDir: read('DATA_DIR') ?? '.data',
    databaseUrl,
    toolsDatabaseUrl,
    deletionsLog: read('DELETIONS_LOG') ?? join(read('DATA_DIR') ?? '.data', 'deletions.log'),
    services: read('SERVICES') ?? services,
    retention: read('RETENTION') ?? {},
    dataKey,
    nextDataKey: read('DATA_KEY_NEXT'),
    mailServer: read('SMTP_URL'),
    tls: certFile !== null && keyFile !== null ? { certFile, keyFile } : null,
    trustedProxies: read('TRUSTED_PROXIES') ?? 0,
    operatorAddress: read('OPERATOR_ADDRESS'),
    certumsslNoticeDate: read('CERTUMSSL_NOTICE_DATE'),
    eras: read('MCP_ERAS') ?? 'both',
    metricsPort: read('METRICS_PORT'),
    logLevel: read('LOG_LEVEL') ?? 'info',
  };
}
