import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, connect } from '../support/connect.ts';
import { Person, textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ demo: true });
});
afterAll(() => world.close());

async function signIn(owner = ada): Promise<Person> {
  const person = new Person(world.url);
  const landed = await person.signIn(await person.get('/dashboard/account'), owner);
  expect([landed.status, landed.url.pathname]).toEqual([200, '/dashboard/account']);
  return person;
}

const isSignedIn = async (person: Person) => (await person.get('/api/apps')).status === 200;
const page = async (person: Person) => textOf(await person.get('/dashboard/account'));

describe('the account page', () => {
  it('shows the person their own address, and takes a new name without what nobody sees', async () => {
    const person = await signIn();
    expect(await page(person)).toContain('ada@example.com');
    const saved = await person.submit('/dashboard/account/details', { display_name: ' Ada \u202e King ' });
    expect(saved.body).toContain('value="Ada King"');
    const refused = await person.submit('/dashboard/account/details', { display_name: '\u200b' });
    expect(textOf(refused)).toContain('at least one letter');
    expect((await person.get('/dashboard/account')).body).toContain('value="Ada King"');
  });

  it('stops marketing of one service at once, and takes that back (CS-33)', async () => {
    const person = await signIn();
    const state = () =>
      world.database.statement<{ service: string; out: boolean }>(
        `select m.service, m.marketing_opt_out_at is not null as out from memberships m join accounts a on a.id = m.account_id
         where a.email_key = 'ada@example.com' order by 1`,
        [],
      );
    await person.submit('/dashboard/account/mail', { service: 'certfusion', mail: 'no' });
    expect(await state()).toEqual([
      { service: 'certfusion', out: true },
      { service: 'certumssl', out: false },
    ]);
    expect(await page(person)).toMatch(/News and offers of CertFusion\s+No, since \d{4}/);
    await person.submit('/dashboard/account/mail', { service: 'certfusion', mail: 'yes' });
    expect((await state()).map(({ out }) => out)).toEqual([false, false]);
    expect((await person.submit('/dashboard/account/mail', { service: 'other', mail: 'no' })).status).toBe(400);
  });

  it('takes the wish for no contact (CS-07)', async () => {
    const person = await signIn();
    const wish = () =>
      world.database.statement(`select no_contact_at is not null as wish from accounts where email_key = 'ada@example.com'`, []);
    await person.submit('/dashboard/account/mail', { service: 'all', mail: 'no' });
    expect(await wish()).toEqual([{ wish: true }]);
    await person.submit('/dashboard/account/mail', { service: 'all', mail: 'yes' });
    expect(await wish()).toEqual([{ wish: false }]);
  });

  it('changes the password for who knows the current one; other sign-ins end, this one and the apps stay', async () => {
    const [here, there, app] = [await signIn(), await signIn(), await connect(world)];
    const change = (current: string, password: string, again = password) =>
      here.submit('/dashboard/account/password', { current_password: current, password, password_again: again });
    expect((await change('wrong', 'a long enough one')).status).toBe(401);
    expect((await change(ada.password, 'a long enough one', 'another one')).status).toBe(400);
    expect((await change(ada.password, 'short')).status).toBe(400);
    expect(await isSignedIn(there)).toBe(true);
    expect(textOf(await change(ada.password, 'a long enough one'))).toContain('Your password is changed');
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
    expect((await app.call('get_account_summary')).status).toBe(200);
    await change('a long enough one', ada.password);
    await signIn();
  });

  it('stops the search for the current password', async () => {
    const person = await signIn();
    const guess = () =>
      person.submit('/dashboard/account/password', { current_password: 'guess', password: 'x'.repeat(12), password_again: 'x'.repeat(12) });
    const statuses = [];
    for (let count = 0; count < 11; count += 1) statuses.push((await guess()).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    await signIn();
  });

  it('shows where the person is signed in, by day of the last page, and signs out one or all others', async () => {
    await (await signIn()).post('/sign-out/everywhere', {});
    const [first, second, third] = [await signIn(), await signIn(), await signIn()];
    const names = (body: string) => [...body.matchAll(/name="session" value="([\w-]{22})"/g)].map(([, name = '']) => name);
    const { body } = await third.get('/dashboard/account');
    expect(names(body)).toHaveLength(2);
    expect(body).toContain('This browser');
    for (const { value } of [...first.cookies.values(), ...second.cookies.values()]) expect(body).not.toContain(value);
    await third.submit('/dashboard/account/sessions', { session: names(body).at(-1) ?? '' });
    expect([await isSignedIn(first), await isSignedIn(second), await isSignedIn(third)]).toEqual([false, true, true]);
    expect((await third.submit('/dashboard/account/sessions', { session: names(body).at(-1) ?? '' })).status).toBe(404);
    await third.submit('/dashboard/account/sessions', { session: 'others' });
    expect([await isSignedIn(second), await isSignedIn(third)]).toEqual([false, true]);
  });

  it('is nobody else’s: another owner ends no sign-in of this one', async () => {
    const mine = await signIn();
    const other = await signIn();
    const name = /name="session" value="([\w-]{22})"/.exec((await mine.get('/dashboard/account')).body)?.[1] ?? '';
    const grace = await signIn({ email: 'grace@example.com', password: ada.password });
    expect((await grace.submit('/dashboard/account/sessions', { session: name })).status).toBe(404);
    expect([await isSignedIn(mine), await isSignedIn(other)]).toEqual([true, true]);
    expect((await new Person(world.url).get('/dashboard/account')).url.pathname).toMatch(/^\/interaction\//);
  });
});
