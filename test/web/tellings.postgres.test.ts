import { lastDueFrom } from '../../src/policy/retention.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/words/dates.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { Person, textOf, type Visit } from '../support/person.ts';
import { tell } from '../support/told.ts';
import { openWorld, type World } from '../support/world.ts';

/** The lines of an answer, as a person reads them. */
function linesOf({ body }: Visit): string[] {
  const list = /<ul class="tellings">([\s\S]*?)<\/ul>/.exec(body)?.[1] ?? '';
  return [...list.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, line = '']) =>
    line
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

describe('“who was told my e-mail?”', () => {
  let world: World;
  let mine: ConnectedApp;
  let today = '';
  const page = '/dashboard/disclosures';

  beforeAll(async () => {
    world = await openWorld({ demo: true, retention: { ledger: '2 months' } });
    mine = await connect(world, { name: 'First app', choices: { tick: 'all' } });
    await connect(world, { name: 'Second app' });
    const hers = await connect(world, { owner: grace, name: 'Her app', choices: { tick: 'all' } });
    await hers.call('get_account_summary');
    today = dayOf(world.clock());
    const own = { tool: 'get_account_summary', fields: ['display_name', 'email'] };
    for (let ago = 1; ago <= 70; ago += 1)
      await tell(world, ago % 2 === 0 ? 'First app' : 'Second app', [{ ...own, day: addDays(today, -ago), calls: 1 + (ago % 3) }]);
    await tell(world, 'Second app', [
      { ...own, day: addDays(today, -1), fields: ['email_masked'] },
      { ...own, day: addDays(today, -1), outcome: 'withheld', calls: 7 },
      { day: addDays(today, -1), tool: 'search_recipients', fields: ['name', 'email'], calls: 4 },
      { day: addDays(today, -1), tool: 'search_certificates', fields: ['title'], calls: 9 },
    ]);
  });
  afterAll(() => world.close());

  async function allLines(first: string): Promise<string[]> {
    const lines: string[] = [];
    for (let next: string | undefined = first; next;) {
      const visit: Visit = await mine.person.get(next);
      expect(visit.status).toBe(200);
      lines.push(...linesOf(visit));
      next = /rel="next" href="([^"]*)"/.exec(visit.body)?.[1]?.replaceAll('&amp;', '&');
    }
    return lines;
  }

  it('is answered at first sight, from answers alone, by day, app and how', async () => {
    const visit = await mine.person.get(page);
    expect(textOf(visit)).toContain('Who was told your e-mail address?');
    expect(linesOf(visit).slice(0, 2)).toEqual([
      expect.stringMatching(/^\d+ \w{3} \d{4} Second app in full, 2 times$/),
      expect.stringMatching(/^\d+ \w{3} \d{4} Second app masked, 1 time$/),
    ]);
    expect(linesOf(visit)).toHaveLength(5);
    expect(textOf(await new Person(world.url).get(page))).not.toContain('Second app');
  });

  it('pages through the whole answer once, for any field that is asked about', async () => {
    const lines = await allLines(`${page}?told=email`);
    const told = Array.from({ length: 70 }, (_, at) => addDays(today, -at - 1)).filter((day) => day > lastDueFrom('2 months', today));
    expect(lines).toHaveLength(told.length + 1);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.join()).not.toContain('Her app');
    expect(await allLines(`${page}?told=recipient_email`)).toEqual([expect.stringMatching(/Second app in full, 4 times$/)]);
    expect(await allLines(`${page}?told=field_title`)).toEqual([expect.stringMatching(/Second app 9 times$/)]);
    expect(textOf(await mine.person.get(`${page}?told=field_dns_names`))).toContain('No app was told this.');
    expect((await mine.person.get(`${page}?told=email&after=x`)).status).toBe(400);
    expect(textOf(await mine.person.get(`${page}?told=nonsense`))).toContain('Everything that apps were told');
  });

  it('is right after retention has deleted old rows, on a page that was open meanwhile too, and says how far back it reaches', async () => {
    const first = await mine.person.get(`${page}?told=email`);
    const next = /rel="next" href="([^"]*)"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    await world.sweep();
    const kept = addDays(today, -(await oldest()));
    const rest = linesOf(await mine.person.get(next));
    expect(rest.length).toBeGreaterThan(0);
    expect(linesOf(first).length + rest.length).toBe((await allLines(`${page}?told=email`)).length);
    expect((await allLines(`${page}?told=email`)).length).toBeLessThan(71);
    const visit = await mine.person.get(page);
    expect(visit.body).toContain(`<time datetime="${kept}">`);
    expect(textOf(visit)).toContain('what is older than 2 months is deleted');
  });

  async function oldest(): Promise<number> {
    const [row] = await world.database.statement<{ ago: number }>(
      `select $1::date - min(day) as ago from disclosures d join accounts a on a.id = d.account_id where a.email = 'ada@example.com'`,
      [today],
    );
    return row?.ago ?? 0;
  }
});
