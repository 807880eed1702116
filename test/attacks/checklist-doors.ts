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
      'of a damaged link is none, and its page says so to a person: %s',
    ],
    twins: [
      'as it is written is served: OAuth, its metadata, the pages, the endpoints, also with a query',
      'of the library that two people in one browser use is open to them',
    ],
  },
  {
    tries: 'names whose servers are silent, to take everybody’s look-ups away',
    rule: 'CF-25, Client ID Metadata §6',
    file: 'silent-names',
    attacks: [
      'whose name servers are silent holds up nobody else’s look-up while %s are asked for there',
      'is left alone when the fetch is over: no question stays open',
      'that is %s, with an address inside in either family or behind another name, is connected to by nobody',
    ],
    twins: ['that leads to a public address, %s, is asked for there'],
  },
  {
    tries: 'registrations, documents and authorizations without end, from many networks',
    rule: 'CF-25: strangers have bounds for the whole installation',
    file: 'bounds',
    attacks: [
      'in registrations has a bound for all networks together: the oldest that nobody connected make room',
      'in registrations of the last minutes is refused beyond it, with a time to wait, and whoever is connected or is just connecting goes on',
      'in documents has the same bound: one that finds no room is served and not kept, and what is kept is what is needed',
      'in a document of 60 kB that is refused is nothing: it is not kept',
      'in begun authorizations has a bound for all networks: old ones make room, and beyond it newcomers wait while those who are known go on',
      'in begun authorizations counts by network, or by the person who is signed in',
      'in a %s of %i characters is nothing: the authorization is refused and not kept',
      'in many parameters at once, or one many times, is nothing',
    ],
    twins: ['in parameters just within their lengths is kept, at most 6 kB of it'],
  },
  {
    tries: 'fetches without end, so that no other client’s document is fetched',
    rule: 'CF-25: strangers have bounds for the whole installation',
    file: 'bounds',
    attacks: [
      'in keys is counted by network like documents, unless the client is connected',
      'by one neighbourhood has an end, whichever of its networks asks; another neighbourhood goes on',
      'of documents by one network is refused to that network, and to nobody who asks for the same at the same time',
    ],
    twins: ['in fetches under way has a bound: beyond it newcomers wait, the same document is asked for once, and who is known goes on'],
  },
  {
    tries: 'NUL, half characters and endless nesting in whatever is kept',
    rule: 'CF-25: a clear 400',
    file: 'unstorable',
    attacks: [
      'registered in %s is refused with 400, and nothing fails',
      'in a client’s document in %s is refused with 400, and nothing of it is kept',
      'nested without end is refused like it',
      'in whatever else strangers, apps and people send is refused below 500, and nothing fails',
    ],
    twins: ['is told from text that only looks like it: whole pairs, and a NUL that is spelled out'],
  },
];
