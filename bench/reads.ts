import { readerFor, type CertificateFilter } from '../src/store/tools/reader.ts';
import { systemClock } from '../src/words/dates.ts';
import type { Database } from '../src/store/engine/db.ts';
import type { BenchPostgres, SeededDatabase } from './databases.ts';
import { interleave, medianMs, perSecond, ratioOf } from './measure.ts';
import { goal, heading, printRungs } from './report.ts';
import { seedOwners, type Owner } from './seed.ts';

const middle = { afterOn: '2020-06-01', afterNumber: '' };
const limit = 21;
const page: CertificateFilter = {
  words: [],
  list: null,
  status: null,
  issuedFrom: null,
  issuedTo: null,
  expiresBefore: null,
  ...middle,
  limit,
};

type Read = () => Promise<readonly object[]>;

interface Keyset {
  readonly on: BenchPostgres;
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly times: number;
}

/** The same page in the middle of accounts of growing size. */
export async function runKeyset({ on, sizes, rounds, times }: Keyset): Promise<void> {
  const { database } = on;
  const owners = await on.seed((statement) => seedOwners(statement, sizes));
  const rungs = [];
  for (const [at, owner] of owners.entries()) {
    const name = nameOf(sizes[at] ?? 0);
    const read = reading(database, owner);
    await expectPage(read);
    rungs.push({ name, measure: () => medianMs(read, times) });
  }
  const [smallest, largest] = [nameOf(sizes[0] ?? 0), nameOf(sizes.at(-1) ?? 0)];
  const measured = await interleave(rungs, rounds);
  heading('A page of 20 in the middle of an account, one call after the other');
  printRungs(measured, { base: smallest, unit: 'ms' });
  goal(`keyset page, ${largest} / ${smallest}`, ratioOf(measured, largest, smallest), { atMost: 2 });
}

/** The read that the tools use (token resolved inside, row-level security, one round trip) beside plain SQL by the owner's login. */
export async function runReads({ on, rounds, seconds }: { on: SeededDatabase; rounds: number; seconds: number }): Promise<void> {
  const { database, owner } = on;
  const names = {
    plain: 'plain query, the account as a parameter',
    two: 'token looked up, then the plain query',
    read: 'read_certificates',
  };
  const plain = plainPage(database, owner);
  const two: Read = async () => {
    await database.statement(tokenQuery, [owner.digest]);
    return plain();
  };
  const rungs = [
    [names.plain, plain],
    [names.two, two],
    [names.read, reading(database, owner)],
  ] as const;
  for (const [, read] of rungs) await expectPage(read);
  const measured = await interleave(
    rungs.map(([name, read]) => ({ name, measure: () => perSecond(read, { inFlight: 16, seconds }) })),
    rounds,
  );
  heading('Reading a page of 20, 16 in flight');
  printRungs(measured, { base: names.plain, unit: '/s' });
  goal('read with row-level security / plain query', ratioOf(measured, names.read, names.plain), { atLeast: 0.9 });
  goal('read with row-level security / token query and plain query', ratioOf(measured, names.read, names.two), { atLeast: 0.9 });
}

function nameOf(certificates: number): string {
  return `${certificates.toLocaleString('en')} certificates`;
}

function reading({ tools }: Database, { digest }: Owner): Read {
  return () => readerFor({ tools, digest, now: systemClock() }).certificates(page);
}

const tokenQuery = `select t.account_id, t.scope from public.oauth_artifacts t
  join public.grants g on g.oidc_grant_id = t.oidc_grant_id
  where t.kind = 'AccessToken' and t.digest = $1 and t.expires_at > now() and g.status = 'active'`;

function plainPage({ statement }: Database, { accountId }: Owner): Read {
  const query = `select c.id, c.title, r.name, c.issued_on, c.expires_on, c.revoked_on, l.name as list_name, c.public_number
    from public.certificates c
    join public.recipients r on r.id = c.recipient_id
    join public.lists l on l.id = c.list_id
    where c.account_id = $1 and c.hidden_at is null and (c.issued_on, c.public_number) < ($2, $3 collate "C")
    order by c.issued_on desc, c.public_number desc limit $4`;
  return () => statement<object>(query, [accountId, middle.afterOn, middle.afterNumber, limit]);
}

async function expectPage(read: Read): Promise<void> {
  const rows = await read();
  if (rows.length !== limit) throw new Error(`a page had ${rows.length} rows, not ${limit}`);
}
