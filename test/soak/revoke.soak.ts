import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onDurablePostgres, type Installation } from '../support/installation.ts';
import { revokeInRounds } from '../support/revoke-rounds.ts';

const rounds = 200;

describe('an app that is revoked on one of two servers, two hundred times in a row', () => {
  let place: Installation;

  beforeAll(async () => {
    place = await onDurablePostgres();
  });
  afterAll(() => place.close());

  it('is refused at the other’s next request, with calls and refreshes in flight (CF-10)', async () => {
    const { through, ...counts } = await revokeInRounds(place, rounds);
    expect(through).toEqual([]);
    process.stdout.write(`${rounds} revocations: ${JSON.stringify(counts)}\n`);
    expect([counts.calls >= 4 * rounds, counts.refreshes >= rounds]).toEqual([true, true]);
  });
});
