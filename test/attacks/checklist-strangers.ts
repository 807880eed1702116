import type { Attack } from './checklist.ts';

const vouches = 'who-vouches';

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
];
