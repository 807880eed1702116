import type { Attack } from './checklist.ts';

/** On the clocks and locks by which data is deleted. */
export const clockAttacks: readonly Attack[] = [
  {
    tries: 'a machine whose clock is wrong, so that a sweep deletes what isn’t due',
    rule: 'CS-50',
    file: 'wrong-clock',
    attacks: [
      'does not start on one that is %s, says so in one line, and deletes nothing',
      'deletes nothing, tells nobody early, and says so in the log, on /readyz and how many wait; set right, it sweeps on',
      'never runs ahead of the last one’s by more than the database’s clock has run, whichever instance sweeps',
    ],
    twins: [
      'starts on one that is a minute ahead, and sweeps',
      'counts what was due and waits, and since when',
      'of a database whose clock ran for years has no bound: what is due after a restore goes (CF-22)',
    ],
  },
  {
    tries: 'the tools’ login holds every lock whose name it knows',
    rule: 'CS-50',
    file: 'held-locks',
    attacks: [
      'stop no sweep: what is due goes, months are published, notices are read',
      'keep nobody from an account that is imported into, hidden or erased',
      'may not be rows: it can lock none of them, nor a table',
    ],
    twins: ['of a sweep that another instance is at leave it to that one, and both say so'],
  },
  {
    tries: 'to read what is due and not deleted yet',
    rule: 'CS-51, CS-53',
    file: 'due-data',
    attacks: [
      'CS-53: is in no list, look-up, report or export, from the day that it is due and not the day before',
      'is not found by an assistant, on its page or by its link, when the operator’s period is over; one of a day less is',
      'CS-51: an account whose 36 months are over has no service, no token, no session and no sign-in; a legal hold changes nothing',
    ],
    twins: ['are those of the policy on every day of five years, with and without an operator’s periods'],
  },
];
