import { takeBulkTurn } from '../engine/turns.ts';
import type { Day } from '../../words/dates.ts';
import { shownVersion } from '../../policy/shapes/shown.ts';
import type { TlsType } from '../../policy/tls.ts';
import type { Database } from '../engine/db.ts';
import { inBulkTransaction, type BulkTransaction, type Cell } from '../engine/bulk.ts';
import type { ImportCounts } from '../certificates/import-certificates.ts';
import { linkOrders } from './link-orders.ts';
import { stampOfService } from '../visibility/standing-restrictions.ts';

/** What is kept of one X.509 certificate of a file. */
export interface ImportedTlsCertificate {
  readonly line: number;
  /** SHA-256 of the certificate, in hex: it names the record when the file comes again. */
  readonly fingerprint: string;
  readonly serialKey: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  /** The names that find it, as `namesOf` gives them. */
  readonly nameKeys: readonly string[];
  readonly ipNameCount: number;
  readonly type: TlsType;
  readonly issuer: string;
  readonly keyAlgorithm: string;
  readonly organisationName: string | null;
  readonly organisationCountry: string | null;
  readonly validFrom: Day;
  readonly validUntil: Day;
}

export interface TlsCertificateRun {
  readonly database: Database;
  readonly accountId: string;
  readonly certificates: AsyncIterable<ImportedTlsCertificate>;
  /** Called once all are read and before anything is stored; throws to refuse the file. */
  readonly review: () => void;
}

const staged = {
  line: 'integer',
  fingerprint: 'text',
  serial_key: 'text',
  common_name: 'text',
  dns_names: 'text[]',
  name_keys: 'text[]',
  ip_name_count: 'integer',
  type: 'text',
  issuer: 'text',
  key_algorithm: 'text',
  organisation_name: 'text',
  organisation_country: 'text',
  valid_from: 'date',
  valid_until: 'date',
} as const;

/** Brings certificates into an account in one transaction: all of them, or none. One that is there already stays as it is. */
export async function importTlsCertificateRows({ database, accountId, certificates, review }: TlsCertificateRun): Promise<ImportCounts> {
  return inBulkTransaction(database, async (bulk) => {
    await bulk.run(`select set_config('certveil.shown', $1, true)`, [String(shownVersion)]);
    const typed = Object.entries(staged).map(([name, type]) => `${name} ${type}`);
    await bulk.run(`create temp table import_tls (${typed.join(', ')}) on commit drop`);
    await bulk.insert('import_tls', staged, cellsOf(certificates));
    review();
    await bulk.run('analyze import_tls');
    await takeBulkTurn({ bulk, accountId });
    const counts = await store(bulk, accountId);
    await linkOrders(bulk, accountId);
    return counts;
  });
}

async function store(bulk: BulkTransaction, accountId: string): Promise<ImportCounts> {
  const added = await bulk.run(
    `insert into tls_certificates (account_id, fingerprint, serial_key, common_name, dns_names, ip_name_count, type, issuer,
                                   key_algorithm, organisation_name, organisation_country, valid_from, valid_until, hidden_at)
     select distinct on (s.fingerprint) a.id, decode(s.fingerprint, 'hex'), s.serial_key, s.common_name, s.dns_names, s.ip_name_count,
            s.type, s.issuer, s.key_algorithm, s.organisation_name, s.organisation_country, s.valid_from, s.valid_until,
            coalesce(a.hidden_at, $2::timestamptz)
     from import_tls s join accounts a on a.id = $1::uuid
     on conflict (account_id, fingerprint) do nothing
     returning 1`,
    [accountId, await stampOfService(bulk, accountId, 'certumssl')],
  );
  await bulk.run(
    `insert into tls_names (account_id, name, valid_until, serial_key, certificate_id, hidden_at)
     select distinct c.account_id, n.name collate "C", c.valid_until, c.serial_key, c.id, c.hidden_at
     from import_tls s
     join tls_certificates c on c.account_id = $1::uuid and c.fingerprint = decode(s.fingerprint, 'hex')
     cross join lateral unnest(s.name_keys) n (name)
     on conflict do nothing`,
    [accountId],
  );
  const [read] = await bulk.run<{ count: number }>('select count(*)::integer as count from import_tls');
  return { added: added.length, updated: 0, unchanged: (read?.count ?? 0) - added.length };
}

async function* cellsOf(certificates: AsyncIterable<ImportedTlsCertificate>): AsyncGenerator<readonly Cell[]> {
  for await (const each of certificates) {
    yield [
      each.line,
      each.fingerprint,
      each.serialKey,
      each.commonName,
      each.dnsNames,
      each.nameKeys,
      each.ipNameCount,
      each.type,
      each.issuer,
      each.keyAlgorithm,
      each.organisationName,
      each.organisationCountry,
      each.validFrom,
      each.validUntil,
    ];
  }
}
