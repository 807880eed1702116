import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepVerification } from '../../src/jobs/verification.ts';
import { monthOf } from '../../src/policy/verification.ts';
import { sweepOf } from '../support/clock.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect } from '../support/connect.ts';
import { rowsOf, type Row } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const suppressed = 'suppressed';

interface Opening {
  readonly list: string;
  readonly number: number;
  readonly kind: 'view' | 'download';
  readonly day: number;
}

describe('a poller who reads for a year, every day where months meet and every third between, with every filter', () => {
  let world: World;
  let owner: Owner;
  const lists = ['Busy', 'Quiet', 'Silent'] as const;
  const firstDay = Date.parse('2030-01-01T12:00:00Z');
  const dayMs = 86_400_000;
  const polled = Array.from({ length: 367 }, (_, day) => day).filter((day) => day % 3 === 0 || day >= 364 || isWhereMonthsMeet(day));

  beforeAll(async () => {
    world = await openWorld();
    world.clock.travelTo(new Date(firstDay));
    owner = await addOwner(world, 'polled@owner.example');
    const rows = lists.flatMap((list) =>
      Array.from({ length: 12 }, (_, at) => ({
        list,
        recipient_name: `Person ${at}`,
        recipient_email: `p${at}@people.example`,
        title: 'Course',
        public_number: `${list}-${at}`,
        issued_on: '2029-12-01',
      })),
    );
    await importRows(world, owner, rows);
  });
  afterAll(() => world.close());

  /** Openings of a year: on most days none or few, in some months many, of one certificate or of all. */
  function openings(): Opening[] {
    const opening = fc.record({
      list: fc.constantFrom('Busy', 'Busy', 'Busy', 'Busy', 'Quiet'),
      number: fc.nat({ max: 11 }),
      kind: fc.constantFrom<Opening['kind']>('view', 'view', 'view', 'download'),
      day: fc.nat({ max: 364 }),
    });
    const [drawn = []] = fc.sample(fc.array(opening, { minLength: 420, maxLength: 420 }), { numRuns: 1, seed: 2030 });
    const onlyOne = Array.from({ length: 40 }, (_, at): Opening => ({ list: 'Quiet', number: 3, kind: 'view', day: 62 + (at % 20) }));
    return [...drawn, ...onlyOne];
  }

  it('learns no count under five, none of fewer than five certificates, and sees no number change (CF-21)', async () => {
    const year = openings();
    const opened = (after: number, upTo: number) =>
      Promise.all(
        year
          .filter(({ day }) => day > after && day <= upTo)
          .map(({ list, number, kind, day }) =>
            world.database.statement(
              `insert into verification_events (at, account_id, certificate_id, kind)
               select $1::timestamptz, c.account_id, c.id, $2 from certificates c where c.public_number = $3`,
              [new Date(firstDay + day * dayMs).toISOString(), kind, `${list}-${number}`],
            ),
          ),
      );
    const seen = new Map<string, Set<unknown>>();
    let names: Row[] = [];
    const app = await connect(world, { owner, name: 'Poller' });
    for (const [turn, day] of polled.entries()) {
      world.clock.travelTo(new Date(firstDay + day * dayMs));
      await opened(polled[turn - 1] ?? -1, day);
      await sweepVerification(await sweepOf(world));
      await prolong();
      if (names.length === 0) names = rowsOf(await app.call('list_certificate_lists'), 'lists');
      const filters = names.map(({ list, name }) => ({ list, name, months: turn % 2 === 0 ? 12 : 1 + ((turn >> 1) % 12) }));
      const answers = await Promise.all(filters.map(({ list, months }) => app.call('get_verification_activity', { list, months })));
      for (const [at, answer] of answers.entries()) {
        for (const { month, ...counts } of rowsOf(answer, 'months')) {
          for (const [kind, count] of Object.entries(counts)) {
            const key = `${String(filters[at]?.name)} ${String(month)} ${kind}`;
            seen.set(key, (seen.get(key) ?? new Set()).add(count));
          }
        }
      }
    }
    const truth = truthOf(year);
    for (const [cell, answers] of seen) {
      const { events, certificates } = truth.get(cell) ?? { events: 0, certificates: new Set() };
      const told = events >= 5 && certificates.size >= 5;
      expect([cell, [...answers].filter((each) => each !== suppressed)]).toEqual([cell, told ? [events] : []]);
    }
    const cells = [...seen.values()].flatMap((answers) => [...answers]);
    expect(cells.filter((each) => each !== suppressed).length).toBeGreaterThan(8);
    expect(truth.get('Quiet 2030-03 views')?.events).toBeGreaterThanOrEqual(40);
  }, 120_000);

  function isWhereMonthsMeet(day: number): boolean {
    const months = [-2, 2].map((days) => monthOf(new Date(firstDay + (day + days) * dayMs)));
    return months[0] !== months[1];
  }

  /** A token lives fifteen minutes, and a day passes between two reads. */
  async function prolong(): Promise<void> {
    await world.database.statement(
      `update oauth_artifacts set expires_at = $1::timestamptz + interval '15 minutes' where kind = 'AccessToken'`,
      [world.clock().toISOString()],
    );
  }

  function truthOf(year: readonly Opening[]): Map<string, { events: number; certificates: Set<number> }> {
    const cells = new Map<string, { events: number; certificates: Set<number> }>();
    for (const { list, number, kind, day } of year) {
      const cell = `${list} ${monthOf(new Date(firstDay + day * dayMs))} ${kind}s`;
      const { events, certificates } = cells.get(cell) ?? { events: 0, certificates: new Set<number>() };
      cells.set(cell, { events: events + 1, certificates: certificates.add(number) });
    }
    return cells;
  }
});
