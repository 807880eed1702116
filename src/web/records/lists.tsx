import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { AppError } from '../../errors.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import type { Clock } from '../../words/dates.ts';
import { cleanText } from '../../words/text.ts';
import { customFieldsOf, listOf, listsOf, type ListRow } from '../../store/certificates/lists.ts';
import { changeSharing } from '../../store/certificates/custom-fields.ts';
import { formOf, showPage, type WebEnv } from '../shell/http.ts';
import { ListPage } from './list.tsx';
import { ownerFor, type OwnerDeps } from '../shell/owner.ts';
import { Empty, Page, Table } from '../shell/page.tsx';
import type { WebSessions } from '../shell/session.ts';
import { DayText, plural } from '../shell/format.tsx';

export interface ListsDeps extends OwnerDeps {
  readonly sessions: WebSessions;
  readonly clock: Clock;
}

const listsAtOnce = 50;

/** `/dashboard/lists`: the lists by name; `/dashboard/lists/{list}`: which custom fields of one may be shared. */
export function listPages({ sessions: { requireSession }, ...deps }: ListsDeps): Hono<WebEnv> {
  const { orm, clock } = deps;
  const pages = new Hono<WebEnv>();

  pages.get('/dashboard/lists', requireSession, async (c) => {
    const person = c.get('person');
    const { accountId, handles } = ownerFor(deps, person);
    const after = c.req.query('after');
    const afterId = after === undefined ? null : handles.decode('lst', after);
    if (after !== undefined && afterId === null) throw new AppError('not_available');
    const found = await listsOf({ orm, accountId, now: clock(), afterId, limit: listsAtOnce + 1 });
    const lists = found.slice(0, listsAtOnce).map((row) => ({ ...row, list: handles.encode('lst', row.listId) }));
    const next = found.length > listsAtOnce ? (lists.at(-1)?.list ?? null) : null;
    return showPage(c, <ListsPage person={person} lists={lists} isFirst={after === undefined} next={next} />);
  });

  pages.get('/dashboard/lists/:list', requireSession, async (c) => {
    const person = c.get('person');
    const { accountId, handles } = ownerFor(deps, person);
    const listId = handles.decode('lst', c.req.param('list'));
    const row = listId && (await listOf({ orm, accountId, listId, now: clock() }));
    if (!row) throw new AppError('not_available');
    const fields = await customFieldsOf({ orm, accountId, listId: row.listId });
    return showPage(c, <ListPage person={person} list={c.req.param('list')} row={row} fields={fields} changed={c.req.query('changed')} />);
  });

  pages.post('/dashboard/lists/:list/fields', requireSession, async (c) => {
    const form = await formOf(c);
    const { accountId, handles } = ownerFor(deps, c.get('person'));
    const list = c.req.param('list');
    const listId = handles.decode('lst', list);
    const name = form.get('name');
    const sharing = form.get('sharing');
    if (listId === null || !(await listOf({ orm, accountId, listId, now: clock() }))) throw new AppError('not_available');
    if (name === null || name.includes('\0') || (sharing !== 'shareable' && sharing !== 'private')) throw new AppError('invalid_input');
    const fields = await customFieldsOf({ orm, accountId, listId });
    const at = fields.findIndex((each) => each.name === name);
    if (at < 0) throw new AppError('not_available');
    await changeSharing({ orm, accountId, listId, name, shareable: sharing === 'shareable' });
    return c.redirect(`/dashboard/lists/${list}?changed=${at + 1}`, 303);
  });
  // Where someone lands who had to sign in before a change: nothing is changed, the page is there to do it.
  pages.get('/dashboard/lists/:list/fields', (c) => c.redirect(`/dashboard/lists/${encodeURIComponent(c.req.param('list'))}`, 303));
  return pages;
}

interface ListsProps {
  readonly person: SignedIn;
  readonly lists: readonly (ListRow & { readonly list: string })[];
  readonly isFirst: boolean;
  readonly next: string | null;
}

const ListsPage: FC<ListsProps> = ({ person, lists, isFirst, next }) => (
  <Page title="Lists" person={person} at="/dashboard/lists">
    <h1>Lists</h1>
    <p class="lead">Each list of your certificates, and how many of its custom fields you let apps ask for.</p>
    {lists.length === 0 ? (
      <Empty title={isFirst ? 'No lists yet' : 'No more lists'}>
        <p>{isFirst ? 'They come with your certificates.' : 'You have seen them all.'}</p>
      </Empty>
    ) : (
      <Table
        caption="Your lists, by name"
        columns={['List', 'Custom fields', 'Recipients', 'Certificates', 'Since']}
        rows={lists.map((row) => [
          <a class="name" href={`/dashboard/lists/${row.list}`}>
            {cleanText(row.name, 200)}
          </a>,
          row.fieldCount === 0 ? 'none' : `${row.shareableCount} of ${row.fieldCount} shareable`,
          plural(row.recipientCount, 'recipient'),
          plural(row.issuedCount, 'certificate'),
          <DayText day={row.createdOn} />,
        ])}
      />
    )}
    {(next !== null || !isFirst) && (
      <nav class="pager" aria-label="Pages">
        {!isFirst && (
          <a class="button quiet" href="/dashboard/lists">
            First lists
          </a>
        )}
        {next !== null && (
          <a class="button quiet" href={`/dashboard/lists?after=${next}`}>
            More lists
          </a>
        )}
      </nav>
    )}
  </Page>
);
