import type { Attack } from './checklist.ts';

/** On doors that strangers may use: paths, names that they choose, and what they have stored. */
export const doorAttacks: readonly Attack[] = [
  {
    tries: 'another spelling of a path, so that no limit counts it',
    rule: 'CF-25: one path, one counter',
    file: 'spellings',
    attacks: [
      'of OAuth with %s is none: 404, whatever the method, and readable for no other site',
      'of OAuth in whatever spelling stores nothing, and is counted where it is served',
      'of the pages, of /mcp or of the JSON endpoints with another spelling is none, for a person who is signed in too',
      'of the library that nobody here uses is closed: %s %s',
    ],
    twins: [
      'as it is written is served: OAuth, its metadata, the pages, the endpoints, also with a query',
      'of the library that two people in one browser use is open to them',
    ],
  },
];
