import type { FC } from 'hono/jsx';
import { addDays, dayOf } from '../../words/dates.ts';
import { exportDays } from '../../policy/export.ts';
import { exportCategories } from '../../rights/export.ts';
import { Card } from '../shell/page.tsx';
import type { RequestView } from './view.ts';
import { DayText } from '../shell/format.tsx';

/** The files of a finished access or portability request. */
export const Downloads: FC<{ view: RequestView }> = ({ view: { request, closedAt } }) => {
  const path = `/dashboard/requests/${request}/export`;
  return (
    <Card>
      <h2>Your data is ready</h2>
      <p>
        <a class="button" href={path} download="certveil-export.json">
          Download everything as JSON
        </a>
      </p>
      <p class="small">
        For other programs: <a href={`${path}?format=schema`}>its JSON Schema</a>. The file says what was left out, and why.
        {closedAt && (
          <>
            {' '}
            You can download it until <DayText day={addDays(dayOf(closedAt), exportDays)} />, and are asked to sign in again first.
          </>
        )}
      </p>
      <details>
        <summary>One category as CSV</summary>
        <ul>
          {exportCategories.map((category) => (
            <li>
              <a href={`${path}?format=csv&category=${category}`} download={`certveil-${category}.csv`}>
                {category.replaceAll('_', ' ')}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
};
