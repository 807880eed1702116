import { clockAttacks } from './checklist-clocks.ts';
import { dataAttacks } from './checklist-data.ts';
import { databaseAttacks } from './checklist-database.ts';
import { doorAttacks } from './checklist-doors.ts';
import { oauthAttacks } from './checklist-oauth.ts';
import { strangerAttacks } from './checklist-strangers.ts';

/** One thing that was tried, by the titles of its tests. A twin differs from its attack in that one element, and succeeds. */
export interface Attack {
  /** What somebody tries. */
  readonly tries: string;
  /** The rule or promise that it would break. */
  readonly rule: string;
  /** Of `test/attacks`, without its ending. */
  readonly file: string;
  readonly attacks: readonly string[];
  readonly twins: readonly string[];
}

export const checklist: readonly Attack[] = [
  ...oauthAttacks,
  ...doorAttacks,
  ...strangerAttacks,
  ...dataAttacks,
  ...clockAttacks,
  ...databaseAttacks,
];

/** Lines of the attack checklist that have nothing to attack here. */
export const notHere: readonly { readonly line: string; readonly because: string }[] = [
  { line: 'federated sign-in: nonce, issuer, signature, linking by e-mail', because: 'there is none: people sign in by password' },
  { line: 'passkeys', because: 'there are none' },
  { line: 'an upstream authority’s credentials chosen by a tool’s input', because: 'no tool calls another service' },
  { line: 'protocol state handed out to clients and replayed', because: 'no tool asks back; cursors are the only state that leaves' },
];

/** What stands beside the attacks. */
export const support: Readonly<Record<string, string>> = {
  'checklist.ts': 'the checklist',
  'checklist-clocks.ts': 'a part of it',
  'checklist-data.ts': 'a part of it',
  'checklist-database.ts': 'a part of it',
  'checklist-doors.ts': 'a part of it',
  'checklist-oauth.ts': 'a part of it',
  'checklist-strangers.ts': 'a part of it',
  'checklist.plain.test.ts': 'compares it with the attacks',
};
