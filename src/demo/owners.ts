import type { DemoList } from './certificate-file.ts';

export const demoPassword = 'correct horse battery staple';

export interface DemoOwner {
  /** Tells the owners' canaries apart. */
  readonly number: number;
  readonly email: string;
  readonly displayName: string;
  /** Argon2id of `demoPassword`, made once: hashing at every start would cost more than all the rest. */
  readonly passwordHash: string;
  readonly lists: readonly DemoList[];
  readonly quota: { readonly used: number; readonly monthlyLimit: number };
  readonly domain: string;
  readonly organisation: { readonly name: string; readonly country: string };
}

/** A list that is restricted (CS-44): neither it nor anything on it may be seen through a tool. */
export const restrictedList: DemoList = {
  name: 'Restricted pilot canary-hidden-list',
  code: 'HID',
  titles: ['Restricted canary-hidden-title'],
  description: 'Restricted at the request of a person: canary-hidden-description',
  validDays: 365,
  sharedField: 'Grade canary-hidden-field',
  sharedValues: ['canary-hidden-value'],
  share: 4,
};

const adaLists: readonly DemoList[] = [
  {
    name: 'Data Protection Basics',
    code: 'DPB',
    titles: ['Data Protection Basics', 'Data Protection for Teams', 'Datenschutz: Grundkurs für Führungskräfte'],
    description: 'A one-day course on what may be told to whom, with an exam.',
    validDays: 730,
    sharedField: 'Grade',
    sharedValues: ['Passed', 'Passed with merit', 'Distinction'],
    share: 75,
  },
  {
    name: 'Erste Hilfe – Première aide',
    code: 'FA',
    titles: ['First Aid at Work', 'Erste Hilfe am Arbeitsplatz', 'Premiers secours'],
    description: 'Practical course of nine lessons.',
    validDays: 365,
    sharedField: 'Instructor',
    sharedValues: ['M. Curie', 'F. Nightingale', 'H. Dunant'],
    share: 60,
  },
  {
    name: '日本語能力講座',
    code: 'JP',
    titles: ['日本語能力講座 修了証', '日本語能力講座 上級 修了証'],
    description: '全十二回の講座を修了しました。',
    validDays: null,
    sharedField: 'Level',
    sharedValues: ['N5', 'N4', 'N3', 'N2'],
    share: 35,
  },
  {
    name: 'Yoga Teacher Training',
    code: 'YT',
    titles: ['Yoga Teacher, 200 hours', 'Yoga Teacher, 500 hours'],
    description: 'Five modules, two of them in residence.',
    validDays: 1095,
    sharedField: 'Hours',
    sharedValues: ['200', '500'],
    share: 30,
  },
];

const graceLists: readonly DemoList[] = [
  {
    name: 'Compiler Construction',
    code: 'CC',
    titles: ['Compiler Construction I', 'Compiler Construction II'],
    description: 'Lectures and a working compiler.',
    validDays: null,
    sharedField: 'Grade',
    sharedValues: ['A', 'B', 'C'],
    share: 55,
  },
  {
    name: 'Forklift Licence',
    code: 'FL',
    titles: ['Forklift Operator', 'Forklift Instructor'],
    description: 'Theory and practice, to be renewed every year.',
    validDays: 365,
    sharedField: 'Class',
    sharedValues: ['Counterbalance', 'Reach'],
    share: 45,
  },
];

export const owners: readonly DemoOwner[] = [
  {
    number: 1,
    email: 'ada@example.com',
    displayName: 'Ada Lovelace Academy',
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$txMvrgkJq0ZZMNXZuRnLwQ$lKdJCvCCwvu3H57ft1CU9X0R79urCPuPOxyKZJ/lvYs',
    lists: adaLists,
    quota: { used: 137, monthlyLimit: 500 },
    domain: 'academy.example',
    organisation: { name: 'Ada Lovelace Academy Ltd', country: 'GB' },
  },
  {
    number: 2,
    email: 'grace@example.com',
    displayName: 'Grace Hopper Institute',
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$blSLp0a/fWQbRX4++auF9Q$hpulvBKbh4TZWRomKIK614+erkg6L0xlsxEXziI3UG0',
    lists: graceLists,
    quota: { used: 42, monthlyLimit: 100 },
    domain: 'institute.example',
    organisation: { name: 'Grace Hopper Institute gGmbH', country: 'DE' },
  },
];
