import type { FC } from 'hono/jsx';
import { exceptionCodes, type ExceptionCode } from '../../policy/lawful-exceptions.ts';
import type { outsideDisclosuresOf } from '../../store/ledger/lawful-disclosures.ts';
import { Table } from '../shell/page.tsx';
import { DayText } from '../shell/format.tsx';

export type OutsideRows = Awaited<ReturnType<typeof outsideDisclosuresOf>>;

/** What was disclosed about the account outside the apps, to whom and why (CS-37 to CS-39). Nothing where there is none. */
export const OutsideDisclosures: FC<{ rows: OutsideRows }> = ({ rows }) =>
  rows.length === 0 ? (
    <></>
  ) : (
    <section aria-labelledby="outside">
      <h2 id="outside">Disclosed outside the apps</h2>
      <Table
        caption="What our staff disclosed or published, newest day first"
        columns={['Day', 'To', 'Why', 'Told', 'Records']}
        rows={rows.map(({ day, recipient, code, fieldNames, recordCount }) => [
          <DayText day={day} />,
          recipient,
          exceptionCodes[code as ExceptionCode],
          <span class="fields">{fieldNames.join(', ')}</span>,
          recordCount.toLocaleString('en-GB'),
        ])}
      />
    </section>
  );
