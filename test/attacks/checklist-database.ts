import type { Attack } from './checklist.ts';

/** On the database that an installation has, and on those beside it. */
export const databaseAttacks: readonly Attack[] = [
  {
    tries: 'another installation’s database in the same cluster, also through the roles that all once shared, or as its copy',
    rule: 'one door out',
    file: 'two-installations',
    attacks: [
      'the owner and the tools’ login of one do nothing in the other’s database, whichever came first',
      'a copy that another login starts joins none of the original’s roles, and says what to do',
      'a member of the roles that all installations shared reads nothing of a database that was moved from them',
      'a tools’ login that was given no role is told by name which one',
    ],
    twins: [
      'both serve',
      'a copy beside its original gets roles of its own with --as-copy: the original’s logins do nothing in it, and both serve',
    ],
  },
];
