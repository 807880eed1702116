import { addDays, type Day } from '../words/dates.ts';
import type { Chance } from './chance.ts';
import { canary } from './canary.ts';
import type { DemoPerson } from './people.ts';

export interface DemoList {
  readonly name: string;
  /** Begins the public numbers; differs from list to list. */
  readonly code: string;
  readonly titles: readonly [string, ...string[]];
  readonly description: string;
  /** How long a certificate is good for; null for ever. */
  readonly validDays: number | null;
  readonly sharedField: string;
  readonly sharedValues: readonly [string, ...string[]];
  /** Of a hundred people, how many are on this list. */
  readonly share: number;
}

interface DemoCertificate {
  readonly list: DemoList;
  readonly person: DemoPerson;
  readonly title: string;
  readonly issuedOn: Day;
  readonly number: number;
}

/** Ages in days that a list always has: some expire within a month, some are just issued. */
const fixedAges = [1, 3, 8, 15, 27, 40, 62, 85] as const;

/** Who got which certificate when, in the order of issue. */
export function demoCertificates({
  lists,
  people,
  today,
  chance,
}: {
  lists: readonly DemoList[];
  people: readonly DemoPerson[];
  today: Day;
  chance: Chance;
}): DemoCertificate[] {
  const issued = lists.flatMap((list) => {
    const onList = people.filter((_, at) => at === 0 || chance.happens(list.share));
    const aboutToExpire = list.validDays === null ? [] : [list.validDays - 2, list.validDays - 9, list.validDays - 24, list.validDays - 29];
    const ages = [...aboutToExpire, ...fixedAges];
    return onList.flatMap((person, at) => {
      const first = { list, person, title: chance.pick(list.titles), issuedOn: addDays(today, -(ages[at] ?? 30 + chance.below(1000))) };
      const again = { ...first, title: chance.pick(list.titles), issuedOn: addDays(today, -chance.below(400)) };
      return chance.happens(20) ? [first, again] : [first];
    });
  });
  return issued.toSorted((a, b) => (a.issuedOn < b.issuedOn ? -1 : 1)).map((each, number) => ({ ...each, number: number + 1 }));
}

const columns = [
  'list',
  'recipient_name',
  'recipient_email',
  'title',
  'public_number',
  'issued_on',
  'expires_on',
  'status',
  'description',
] as const;

export interface DemoFile {
  readonly certificates: readonly DemoCertificate[];
  readonly importedOn: Day;
  /** Plants a private field; its name and values never leave. */
  readonly owner: number;
}

/** The certificates as a file for the real import. */
export function certificateFile({ certificates, importedOn, owner }: DemoFile): string {
  const sharedFields = [...new Set(certificates.map(({ list }) => list.sharedField))];
  const privateField = `Employee number ${canary('custom_fields', 'private_name', owner)}`;
  const header = [...columns, ...sharedFields.map((name) => `shared:${name}`), `custom:${privateField}`];
  const lines = certificates.map(({ list, person, title, issuedOn, number }) => {
    const expiresOn = list.validDays === null ? '' : addDays(issuedOn, list.validDays);
    const shared = sharedFields.map((name) =>
      name === list.sharedField ? (list.sharedValues[number % list.sharedValues.length] ?? '') : '',
    );
    const secret = canary('custom_values', 'private_value', owner * 10_000 + number);
    const status = isRevoked(number, issuedOn, importedOn) ? 'revoked' : '';
    return [
      list.name,
      person.name,
      person.email,
      title,
      publicNumber(list, issuedOn, number),
      issuedOn,
      expiresOn,
      status,
      list.description,
      ...shared,
      secret,
    ];
  });
  return [header, ...lines].map((cells) => cells.map(quoted).join(',')).join('\n');
}

function publicNumber(list: DemoList, issuedOn: Day, number: number): string {
  return `${list.code}-${issuedOn.slice(0, 4)}-${String(number).padStart(4, '0')}`;
}

function isRevoked(number: number, issuedOn: Day, importedOn: Day): boolean {
  return number % 17 === 5 && issuedOn < addDays(importedOn, -20);
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
