import type { FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import { cleanText } from '../../words/text.ts';
import type { CustomFieldRow, ListRow } from '../../store/certificates/lists.ts';
import { Button, Card, Empty, Facts, Notice, Page } from '../shell/page.tsx';
import { DayText } from '../shell/format.tsx';

interface ListProps {
  readonly person: SignedIn;
  /** The list's handle. */
  readonly list: string;
  readonly row: ListRow;
  readonly fields: readonly CustomFieldRow[];
  /** Which field was just changed, from 1. */
  readonly changed: string | undefined;
}

export const ListPage: FC<ListProps> = ({ person, list, row, fields, changed }) => {
  const name = cleanText(row.name, 200);
  const field = changed !== undefined && /^\d{1,4}$/.test(changed) ? fields[Number(changed) - 1] : undefined;
  return (
    <Page title={name} person={person} at="/dashboard/lists">
      <p class="back">
        <a href="/dashboard/lists">Back to lists</a>
      </p>
      {field && (
        <Notice>
          <p role="status">
            <b class="name">{cleanText(field.name, 200)}</b> is {field.shareable ? 'shareable' : 'private'} now.
          </p>
        </Notice>
      )}
      <h1 class="name">{name}</h1>
      <Card>
        <Facts
          facts={[
            ['Certificates', row.issuedCount.toLocaleString('en-GB')],
            ['Recipients', row.recipientCount.toLocaleString('en-GB')],
            ['Since', <DayText day={row.createdOn} />],
          ]}
        />
      </Card>
      <h2>Custom fields</h2>
      <p>
        A private field never leaves, nor does its name. An app is told a shareable field’s name when it may see your certificates, and its
        values when you have also ticked <i>custom fields that you declared shareable</i> for it. A change holds from the next call.
      </p>
      {fields.length === 0 ? (
        <Empty title="No custom fields">
          <p>This list has none. They come with an import, as columns of their own.</p>
        </Empty>
      ) : (
        <ul class="rows">
          {fields.map((each) => (
            <FieldRow list={list} field={each} />
          ))}
        </ul>
      )}
    </Page>
  );
};

const FieldRow: FC<{ list: string; field: CustomFieldRow }> = ({ list, field: { name, shareable } }) => (
  <li>
    <form class="toggle" method="post" action={`/dashboard/lists/${list}/fields`}>
      <input type="hidden" name="name" value={name} />
      <span>
        <b class="name">{cleanText(name, 200)}</b>
        <span class={`status ${shareable ? 'waiting' : 'good'}`}>{shareable ? 'Shareable' : 'Private'}</span>
      </span>
      <Button kind="quiet" name="sharing" value={shareable ? 'private' : 'shareable'}>
        {shareable ? 'Make private' : 'Make shareable'}
        <span class="unseen"> {cleanText(name, 200)}</span>
      </Button>
    </form>
  </li>
);
