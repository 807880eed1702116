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
  {
    tries: 'a start on a database that somebody changed: roles, members, triggers, rights, what a copy or a restore lost',
    rule: 'CF-25',
    file: 'changed-database',
    attacks: [
      'and names a role that may log in, make roles or pass by row-level security, that has settings, members or groups',
      'and migrate puts back what was lost, also what a copy of the database never had',
    ],
    twins: [
      'and finds nothing where there is more in the database that our roles can’t reach, or that an extension brought',
      'and finds nothing in a database of the locale %s',
    ],
  },
];
