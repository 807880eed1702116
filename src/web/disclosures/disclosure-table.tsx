import type { FC } from 'hono/jsx';
import type { Told, ToldPage } from '../shell/owner.ts';
import { Table } from '../shell/page.tsx';
import { DayText, Status } from '../shell/format.tsx';

/** What apps were told, as a table; with the app's column where it is about more than one. */
export const ToldTable: FC<{ caption: string; rows: readonly Told[]; withApp?: boolean }> = ({ caption, rows, withApp = false }) => (
  <div class="told">
    <Table
      caption={caption}
      columns={['Day', ...(withApp ? ['App'] : []), 'Asked with', 'Told', 'Calls', 'Records', 'Outcome']}
      rows={rows.map((row) => [
        <DayText day={row.day} />,
        ...(withApp
          ? [
              <a class="name" href={`/dashboard/apps/${row.app}`}>
                {row.appName}
              </a>,
            ]
          : []),
        <code>{row.tool}</code>,
        <FieldNames names={row.fieldNames} />,
        row.calls.toLocaleString('en-GB'),
        row.recordCount.toLocaleString('en-GB'),
        <Status status={row.outcome} />,
      ])}
    />
  </div>
);

const FieldNames: FC<{ names: readonly string[] }> = ({ names }) =>
  names.length === 0 ? (
    <span class="small">nothing</span>
  ) : (
    <span class="fields">
      {names.map((name) => (
        <>
          <code>{name}</code>{' '}
        </>
      ))}
    </span>
  );

/** Links to the next page and back to the first. `path` ends where a parameter can be added. */
export const Pager: FC<{ path: string; after: string | undefined; page: Pick<ToldPage, 'next'> }> = ({ path, after, page }) =>
  after === undefined && page.next === null ? (
    <></>
  ) : (
    <nav class="pager" aria-label="Pages">
      {after !== undefined && (
        <a class="button quiet" href={path}>
          Newest
        </a>
      )}
      {page.next !== null && (
        <a class="button quiet" rel="next" href={`${path}${path.includes('?') ? '&' : '?'}after=${page.next}`}>
          Older
        </a>
      )}
    </nav>
  );
