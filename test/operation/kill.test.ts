import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { onDurablePostgres, openInstallation, type Installation } from '../support/installation.ts';
import { disagreements, killInRounds } from '../support/kill-rounds.ts';

describe('a server that is killed in the middle of its work', () => {
  let place: Installation;

  beforeAll(async () => {
    place = inject('databases').engine === 'postgres' ? await onDurablePostgres() : await openInstallation();
  });
  afterAll(() => place.close());

  it(
    'has a ledger row for every answer that a client received, ten times over, and starts again each time',
    { timeout: 300_000 },
    async () => {
      const rounds = await killInRounds({ place, rounds: 10, seed: 1, least: 10, longest: 20 });
      expect(rounds.map(({ received }) => received.length >= 10)).toEqual(Array.from({ length: 10 }, () => true));
      expect(await disagreements(place, rounds)).toEqual([]);
    },
  );
});
