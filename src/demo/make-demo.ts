import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { addDays, dayOf, type Clock } from '../words/dates.ts';
import { importCertificates } from '../source/import-certificates.ts';
import { importTls } from '../source/import-tls.ts';
import { publishClosedMonths } from '../jobs/verification.ts';
import type { Database } from '../store/engine/db.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import {
  beginDemo,
  demoCertificateIds,
  finishDemo,
  hideDemoList,
  plantHiddenMonth,
  revokeDemoTlsCertificates,
  writeDemoEvents,
  writeDemoRows,
} from '../store/demo/demo.ts';
import { isEmpty } from '../store/accounts/new-account.ts';
import { canaryTime } from './canary.ts';
import { certificateFile, demoCertificates } from './certificate-file.ts';
import { chanceFrom, type Chance } from './chance.ts';
import { demoEvents } from './events.ts';
import { owners, restrictedList } from './owners.ts';
import { demoPeople } from './people.ts';
import { accountRows, caseRows, instantBefore, letterRows, moneyRows, type OwnerSetting } from './private-rows.ts';
import { namesOf, sites, tlsRows } from './tls-rows.ts';

export { demoPassword } from './owners.ts';

/** Who can sign in to the demo, with `demoPassword`. */
export const demoOwners: readonly string[] = owners.map(({ email }) => email);

export interface Demo {
  readonly database: Database;
  readonly dataKey: Buffer;
  readonly clock: Clock;
}

export class DemoRefused extends Error {
  override readonly name = 'DemoRefused';
}

/**
 * Fills an empty database with two account owners and a canary in every column that never leaves (BR-03).
 * @throws DemoRefused when the database has accounts
 */
export async function makeDemo({ database, dataKey, clock }: Demo): Promise<void> {
  if (!(await isEmpty({ orm: database.orm })))
    throw new DemoRefused('The database already has accounts; demo data goes into an empty one.');
  const { columns } = await loadPurposeKeys({ orm: database.orm, dataKey, clock });
  const now = clock();
  const today = dayOf(now);
  await beginDemo(database.orm, now);
  const settings = owners.map((owner): OwnerSetting => ({ owner, accountId: randomUUID(), today, columnsKey: columns }));
  for (const setting of settings) {
    const { owner } = setting;
    const chance = chanceFrom(owner.number);
    await writeDemoRows(database.orm, {
      ...accountRows(setting),
      ...moneyRows(setting),
      ...letterRows(setting),
      ...caseRows(setting),
      ...tlsRows(setting, instantBefore(today, 140)),
    });
    await importTlsFile(database, setting);
    await importInStages(database, setting, chance);
    const certificates = await demoCertificateIds(database.orm, setting.accountId);
    await writeDemoEvents(database.orm, demoEvents({ accountId: setting.accountId, owner: owner.number, certificates, now, chance }));
    await hideDemoList(database.orm, {
      accountId: setting.accountId,
      name: restrictedList.name,
      at: instantBefore(today, 140),
    });
  }
  await publishClosedMonths({ orm: database.orm, clock });
  for (const { accountId } of settings) await plantHiddenMonth(database.orm, { accountId, month: addDays(today, -70).slice(0, 7) });
  await finishDemo(database.orm);
}

/** Days ago on which a file came: revocations and lists of each are dated by it. */
const stages = [420, 95, 0] as const;

/** The owner's certificates in three files, each with what was issued since the one before. */
async function importInStages(database: Database, { owner, today }: OwnerSetting, chance: Chance): Promise<void> {
  const certificates = demoCertificates({ lists: [...owner.lists, restrictedList], people: demoPeople(), today, chance });
  let since = '';
  for (const daysAgo of stages) {
    const importedOn = addDays(today, -daysAgo);
    const upTo = certificates.filter(({ issuedOn }) => issuedOn > since && issuedOn <= importedOn);
    since = importedOn;
    const file = certificateFile({ certificates: upTo, importedOn, owner: owner.number });
    const clock = (): Date => new Date(`${importedOn}T${canaryTime}`);
    await importCertificates({ database, clock, accountEmail: owner.email, input: Readable.from([Buffer.from(file)]) });
  }
}

/** The owner's TLS certificates in one file; those of sites that leaked their key are then revoked. */
async function importTlsFile(database: Database, { owner, accountId, today }: OwnerSetting): Promise<void> {
  const { tlsFile } = await import('./tls-file.ts');
  const file = await tlsFile({ owner, sites, today });
  await importTls({ database, accountEmail: owner.email, input: Readable.from([Buffer.from(file)]) });
  const commonNames = sites.filter(({ revoked }) => revoked).flatMap((site) => namesOf(site, owner.domain));
  await revokeDemoTlsCertificates(database.orm, { accountId, commonNames, on: addDays(today, -9) });
}
