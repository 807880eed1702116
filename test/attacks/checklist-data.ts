import type { Attack } from './checklist.ts';

const http = 'hostile-input-http';
const servesOn = 'serves on, and has logged no failure and nothing of the input, no token, cookie or address';
const mcp = 'hostile-input-mcp';
const text = 'hostile-text';
const shapes = 'shapes-in-text';
const own = 'own-address';
const owners = 'two-owners';

/** On the tools, the pages and the data behind them. */
export const dataAttacks: readonly Attack[] = [
  {
    tries: 'hostile targets, methods and headers',
    rule: 'CF-25',
    file: http,
    attacks: ['survives the target %s', 'survives each method on each path', 'does not follow or repeat the header %s: %s'],
    twins: ['answers honest targets, and tells each apart', servesOn],
  },
  {
    tries: 'hostile forms and JSON, and other types of content',
    rule: 'CF-25',
    file: http,
    attacks: [
      'survives a form that is $name, on every form',
      'survives a sign-in that is $name, and one may sign in after it',
      'survives JSON that is $name, on every endpoint that takes JSON',
      'refuses the content type %j where forms or JSON are wanted',
    ],
    twins: ['takes an honest form and honest JSON'],
  },
  {
    tries: 'hostile parameters of authorization, token and registration requests',
    rule: 'CF-25',
    file: http,
    attacks: [
      'survives %s in every parameter of an authorization and of a token request',
      'refuses or ignores a registration whose %s is wrong',
    ],
    twins: ['takes honest parameters at the token endpoint, and an honest registration'],
  },
  {
    tries: 'hostile hosts, and bytes that are no request',
    rule: 'CF-25',
    file: http,
    attacks: ['refuses the %s "%s"', 'closes on %s'],
    twins: ['answers to its own host, and an honest request byte by byte'],
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
    twins: ['answers an honest message', 'serves on, and has logged no failure and nothing of the input'],
  },
  {
    tries: 'asking by its beginnings, its order or as a number for what is removed from texts',
    rule: 'CF-15',
    file: 'hidden-words',
    attacks: [
      'what a search for parts of %s finds, its answer shows',
      'an address that stands in a name isn’t spelled out by asking for its beginnings',
      'people and lists stand in the order of what is shown of them, and then as they came',
      'a number or a domain that is not all shown names nothing',
    ],
    twins: [
      'the words that are shown beside it still find it, and the address does with full e-mails',
      'people whose names are both removed stay two, and a file that comes again changes nothing',
    ],
  },
  {
    tries: 'looking into what is packed: the desktop bundle and npm’s package',
    rule: 'CF-09',
    file: 'packages',
    attacks: [
      'a desktop bundle holds no key, no database, no settings and no results',
      'npm pack takes the built program, its migrations and their documents, and nothing else',
    ],
    twins: [
      'it holds the packages that the bridge loads, with their licences, and of the server’s none',
      'it is the same when it is made again',
      'the manifest in it is the one of the checkout',
    ],
  },
  {
    tries: 'an address told as a name, in scripts and forms that a narrower pattern misses',
    rule: 'BR-03',
    file: shapes,
    attacks: ['an address as a name is told to no app without the consent for addresses, in whatever script or form'],
    twins: ['versions, modules, networks, digests and other sites’ links are told as they stand'],
  },
  {
    tries: 'an address that only an older version took, in the record’s other texts, in another case or width',
    rule: 'BR-03',
    file: own,
    attacks: [
      'stands in no text of any answer, in whatever case or width',
      'leaves the rest of the text, as what is searched and ordered does',
      'of an account stands neither in its name nor in the issuer’s',
    ],
    twins: ['leaves what is like it and another’s, and the address comes in its own field under its scope'],
  },
  {
    tries: 'never-sent shapes with other dashes, digits and signs; card, account and phone numbers; UUIDs as certificate numbers',
    rule: 'BR-03',
    file: shapes,
    attacks: [
      'what never leaves is removed with other dashes, digits and signs, and card, account and phone numbers are',
      'a UUID spelt %s is no certificate’s number',
      '%s has signs that no number has',
    ],
    twins: ['a number that keeps to its alphabet is found and told, whatever it looks like'],
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
    tries: 'locks, old snapshots and ledger heads by the tools’ database login alone',
    rule: 'CF-10, law of revocation, CS-32',
    file: 'tools-login-alone',
    attacks: [
      'without a token holds no lock that an owner waits for who %s: the next call is refused',
      'with a token, in a transaction left open, doesn’t stop an owner who %s either',
      'keeps nobody from signing in: the row that an app’s opt-out writes is passed by',
      'asks in a transaction that began before a revocation, and is told nothing after it',
      'changes nothing without a living token, by whatever function it calls',
      'puts no head and no row into the ledger, with a token neither: it knows no chain that is written to',
    ],
    twins: ['its twin, with a living token and transactions of its own, reads and files for its person'],
  },
  {
    tries: 'a log of deletions that lacks lines, was rewritten or is another one, so that what was erased is served',
    rule: 'CS-43, one parser that understands or refuses',
    file: 'deletions-log',
    attacks: [
      'that is %s stops the start with one line',
      'that is missing, another one, no file or not writable stops it too',
      'that knows more than the database asks for a replay, as before',
      'is replayed when it is a log, and by nothing else: each ends with 1 and says why',
      'stops the start where the log is missing, or lacks what the database has erased; begun by hand it starts',
    ],
    twins: [
      'is served with as it was written, chained, and as often as one likes',
      'whose last line a crash cut short is forgiven, said, and goes on behind the last whole one',
      'is appended at the start by what retention had ended when a process died before it was noted',
      'stays whole when 200 writers note 20 deletions each at once',
      'that is lost is begun again by hand, with all that the database knows; the old one counts no more',
      'is chained by migrate, once; what is noted then goes on behind it',
      'is chained when that was interrupted before the file took its place, and after',
      'is understood where a crash cut a line short and the version before wrote on behind it',
    ],
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
  {
    tries: 'another owner’s or app’s privacy requests and exports, or one’s own too late',
    rule: 'CF-16, CS-41',
    file: 'privacy-requests',
    attacks: [
      'of another owner is seen, confirmed, withdrawn and downloaded by nobody else: as unknown as a made-up one',
      'is not confirmed after its due day, also before the job has let it lapse',
      'is filed for nobody else, whoever is named',
      'is seen and cancelled by no app but the one that filed it',
      'has an export that no token, stranger, old sign-in or late visitor gets by its link',
    ],
    twins: ['of one’s own is seen, confirmed, downloaded and withdrawn'],
  },
  {
    tries: 'CSRF on every form: requests, contact, account, lists, domains and the rest',
    rule: 'CS-09',
    file: 'foreign-forms',
    attacks: [
      'of %s does nothing at any address, signed in or not',
      'of the dashboard does nothing for a stranger but lead to the sign-in',
    ],
    twins: ['of our own pages files, confirms and withdraws a request, and writes to us'],
  },
  {
    tries: 'what never leaves, with a layer of the defence missing',
    rule: 'BR-03',
    file: 'depth',
    attacks: ['%s: its own check is red, the others’ are not, and nothing never-sent or foreign leaves'],
    twins: ['each canary is stopped by two layers at least'],
  },
  {
    tries: 'answers too heavy to read',
    rule: 'CF-08',
    file: 'heavy-answers',
    attacks: [
      'has an answer that would still be heavier withheld by the gate, whatever the tool does',
      'finds no list tool that isn’t tried here',
    ],
    twins: [
      'gets under 8 kB from %s by default, under 100 kB at most, and every record by following the cursor',
      'gets under 8 kB of its own history by default, under 100 kB at most, and every day of it by following the cursor',
      'gets under 8 kB of two hundred connected apps, this one first and all of them counted',
      'gets under 100 kB from every other tool, and is answered',
    ],
  },
  {
    tries: 'a leaked verification link: to move it, to flood with mail, to guess others',
    rule: 'CF-15, CF-19',
    file: 'leaked-links',
    attacks: [
      'can’t say where the new one goes, nor learn it or the address',
      'can cause one mail with it, and no more than three a day with those that follow',
      'can’t mail the recipients of many, from one network',
      'can’t flood one address by the many certificates of its recipient',
      'can’t let another site’s page ask for it, nor a picture or a prefetch (CS-09)',
      'can’t guess others’ by asking: wrong codes count as guesses',
    ],
    twins: ['is a recipient as well, who opens the certificate and is mailed a new link that opens it again'],
  },
];
