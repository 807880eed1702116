import type { Attack } from './checklist.ts';

const vouches = 'who-vouches';
const answers = 'answers-to-strangers';

/** On what strangers can do and say before anybody has connected anything of theirs. */
export const strangerAttacks: readonly Attack[] = [
  {
    tries: 'a file on a well-known host as a client’s document',
    rule: 'draft-ietf-oauth-client-id-metadata-document §4',
    file: vouches,
    attacks: [
      'is no host that serves the file as %s: it is refused before anything of it is kept',
      'is no host whose file took the place of its document: the last good one stays in force',
    ],
    twins: ['is the host that serves its document as %s'],
  },
  {
    tries: 'a document on one host that sends the answer to another',
    rule: 'draft-ietf-oauth-client-id-metadata-document §6',
    file: vouches,
    attacks: ['is shown as the whole address, with a warning, when the answer goes to another host'],
    twins: ['is shown by its host alone, without a warning, when the answer goes there'],
  },
  {
    tries: 'the name of a well-known app, or of one that is connected, in any letters',
    rule: 'CF-17, RFC 7591 §5',
    file: vouches,
    attacks: [
      'is said before anybody types a password, too',
      'is nobody well known when %s is only a claim, and the page says so',
      'is nobody that is connected when another app takes the same name',
    ],
    twins: ['is in no doubt for a name of one’s own, nor for a second connection of one host'],
  },
  {
    tries: 'another name after the consent page was shown, or no page at all',
    rule: 'CF-17, CS-02',
    file: vouches,
    attacks: [
      'is recorded as it was seen: after a change of the name the page comes again, and nothing was allowed',
      'is asked for no consent with a page that nobody was shown, and gets none to an address that was taken back',
    ],
    twins: ['is recorded as it was seen, also by a form that says no more than the decision, and may be denied at any time'],
  },
  {
    tries: 'a redirect to a scheme with a meaning of its own',
    rule: 'RFC 8252 §7.1, RFC 9700 §4.11',
    file: vouches,
    attacks: ['is no scheme like %s: no client registers or publishes it'],
    twins: ['is a program of its own scheme like %s, shown with its host: %s'],
  },
  {
    tries: 'our address as a way to a stranger’s, by an error of an authorization',
    rule: 'RFC 9700 §4.11.2',
    file: answers,
    attacks: [
      'over %s goes to no address of an app that this account hasn’t connected: our page names it and asks',
      'after signing in stays here: an account without a service says so to its owner, not to the app',
      'goes to no app that was revoked, that another account connected, or that is only half asked for',
    ],
    twins: [
      'can be taken to the app by the person, as the app expects it',
      'goes back at once to an app that the account has connected, and after the person has decided',
    ],
  },
  {
    tries: 'to learn from a visitor’s browser whether they are signed in here',
    rule: 'RFC 9700 §4.11.2',
    file: answers,
    attacks: ['is the same page to the letter whoever is signed in, when nothing may be asked'],
    twins: ['goes back at once to an app that the account has connected, and after the person has decided'],
  },
  {
    tries: 'a stolen cookie that is used once a day, a page or a consent that is kept open',
    rule: 'CS-09, CS-10',
    file: 'long-sign-ins',
    attacks: [
      'ends a day after the password was given, however often it is used by %s',
      'that was kept for longer by the version before is over all the same: for pages, apps and the list of sign-ins',
      'that ends while a consent waits gives none',
      'doesn’t wait longer for a password or a consent, however often its page is opened',
      'keeps its time in the list of sign-ins, whatever it is used for',
    ],
    twins: [
      'lasts a day without being used, and a day more once the password is given again',
      'ends no connection, and a connection ends a year after its consent, however often it is refreshed',
    ],
  },
  {
    tries: 'to bury an owner’s requests under an app’s, filed and taken back',
    rule: 'CS-25',
    file: 'privacy-requests',
    attacks: ['filed and taken back by an app again and again ends at 50 a day, and buries none of the owner’s'],
    twins: ['filed and taken back by an app now and then is filed again, and one that waits stands in sight'],
  },
  {
    tries: 'to keep the server busy with one connection: a pipeline, answers that nobody reads, page after page',
    rule: 'CWE-400, CWE-770',
    file: 'crowded-connections',
    attacks: [
      'with a thousand requests at once is ended, and lets everybody else be served in between',
      'with a hundred requests at once has others’ answered before its own are through',
      'whose answers nobody reads is let go, whatever it goes on sending',
      'that comes back again and again is refused once its network has opened its share of pages, and whoever is signed in is not',
    ],
    twins: ['that is kept for many requests, one after the other, is served', 'that reads slowly, but reads, gets every byte'],
  },
];
