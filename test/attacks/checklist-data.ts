import type { Attack } from './checklist.ts';

const http = 'hostile-input-http';
const mcp = 'hostile-input-mcp';
const text = 'hostile-text';
const owners = 'two-owners';

/** On the tools, the pages and the data behind them. */
export const dataAttacks: readonly Attack[] = [
  {
    tries: 'hostile targets, forms, parameters, JSON and headers',
    rule: 'CF-25',
    file: http,
    attacks: [
      'survives the target %s',
      'survives each method on each path',
      'survives a form that is $name, on every form',
      'survives a sign-in that is $name, and one may sign in after it',
      'survives %s in every parameter of an authorization and of a token request',
      'survives JSON that is $name, on every endpoint that takes JSON',
      'refuses the content type %j where forms or JSON are wanted',
      'refuses or ignores a registration whose %s is wrong',
      'refuses the %s "%s"',
      'does not follow or repeat the header %s: %s',
      'closes on %s',
    ],
    twins: ['serves on, and has logged no failure and nothing of the input, no token, cookie or address'],
  },
  {
    tries: 'hostile messages, methods, headers and tokens to the tools',
    rule: 'CF-25',
    file: mcp,
    attacks: [
      'refuses a body that is $name, in fixed words',
      'refuses the content type %j',
      'refuses the method %s',
      'answers %s in fixed words',
      'answers the header %s: %s in fixed words',
      'answers %s without a word about why',
    ],
    twins: ['serves on, and has logged no failure and nothing of the input'],
  },
  {
    tries: 'hostile text in records, names and arguments',
    rule: 'BR-03',
    file: text,
    attacks: [
      'is cleaned, and a never-sent shape in it becomes [removed], so that one hostile title blocks nothing',
      'an app that names itself after a secret shape is listed without it',
      'a number %j that names nothing is not_available, and the ledger says failed',
      'a number with a null character is invalid_input, and the ledger says failed',
      'a query %j finds nothing and breaks nothing',
      'arguments by the names of an object’s own workings are refused',
    ],
    twins: [
      'a mask of an address at a bare IP number blocks nobody’s list',
      'a full e-mail leaves under its scope, whatever its domain looks like',
    ],
  },
  {
    tries: 'another owner’s records, by handle, list, number or cursor',
    rule: 'CF-16, CS-44',
    file: owners,
    attacks: [
      '%s: a foreign, an unknown, a forged, another app’s and another kind’s handle get the very same answer',
      '%s: nobody else’s list can be named',
      'a foreign public number is as unknown as one that does not exist',
      'a cursor of one app is expired_cursor in another, as is a forged one',
      'two apps of one account share no handle, and neither shares one with the dashboard',
      'restricted records are nowhere to be found (CS-44)',
    ],
    twins: ['each app sees its own owner’s data alone, whatever the tool'],
  },
  {
    tries: 'the tools’ database login with a living token, past the server',
    rule: 'one door out, CS-32',
    file: 'tools-login-with-a-token',
    attacks: [
      'writes none for another account, another app or another grant, and its own rows beside them neither',
      'names no field and no record in a row that says nothing was answered',
      'reads nothing of a service that the account has deactivated, and leaves no row that it did (CS-32)',
    ],
    twins: ['writes ledger rows of its own grant, so that what follows can’t be refused for another reason'],
  },
  {
    tries: 'to tell two databases apart that differ in what is never sent',
    rule: 'BR-03, CF-12 to CF-16',
    file: 'non-interference',
    attacks: [
      'are told apart by no answer and no ledger row of an app with every scope',
      'nor of one with the scopes that are ticked at first',
      'nor of one with any three of them',
      'differ in every never-sent column that holds anything, a new one too',
    ],
    twins: ['would be told apart by a read that $fault'],
  },
  {
    tries: 'another owner’s pages of the dashboard',
    rule: 'CF-16',
    file: 'dashboard',
    attacks: ['shows nobody another owner’s app, consent record, certificate or list: they are as unknown as made-up ones'],
    twins: ['shows each owner their own'],
  },
  {
    tries: 'CSRF on revoking, pausing, narrowing, signing out',
    rule: 'CS-09',
    file: 'dashboard',
    attacks: [
      'obeys no change that %s sends with its owner’s cookies',
      'takes no JSON that a form could send, as %s',
      'obeys no change without a session',
    ],
    twins: ['obeys its owner’s own page, by form and by JSON'],
  },
];
