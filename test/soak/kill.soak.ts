import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedInstallation, onDurablePostgres, type Installation } from '../support/installation.ts';
import { disagreements, killInRounds } from '../support/kill-rounds.ts';
import { strikePostgres } from '../support/strike.ts';

const rounds = 100;

describe.each([
  ['embedded', embeddedInstallation],
  ['on Postgres', onDurablePostgres],
])('a server %s that is killed a hundred times in the middle of its work', (_name, open) => {
  let place: Installation;

  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place.close());

  it('has a ledger row for every answer that a client received', async () => {
    const seen = await killInRounds({ place, rounds, seed: 2 });
    expect(seen).toHaveLength(rounds);
    expect(await disagreements(place, seen)).toEqual([]);
  });
});

describe('a Postgres whose process is killed in the middle of the server’s work', () => {
  let place: Installation;

  beforeAll(async () => {
    place = await onDurablePostgres();
  });
  afterAll(() => place.close());

  it('comes back with a row for every answer, and the server with it', async () => {
    const strike = () => strikePostgres(place, 'certveil tools');
    const seen = await killInRounds({ place, rounds: 20, seed: 3, strike });
    expect(await disagreements(place, seen)).toEqual([]);
  });
});
