import type { FC } from 'hono/jsx';
import { toldFields } from '../../policy/fields/all.ts';
import type { OperatorPeriods } from '../../policy/retention.ts';
import { ledgerBeginsOn } from '../../store/ledger/disclosures.ts';
import type { Owner, OwnerDeps, TellingsPage, TellingsQuery } from '../shell/owner.ts';
import { Button } from '../shell/page.tsx';
import { DayText, plural } from '../shell/format.tsx';

/** Something that a person may ask "who was told …?" about. */
export interface Question extends Pick<TellingsQuery, 'fieldNames' | 'tool'> {
  readonly value: string;
  readonly label: string;
}

const addresses = ['email', 'email_masked'];
/** The one tool that tells the owner's own address; every other address is a recipient's. */
const ownTool = 'get_account_summary';

const ownAddress: Question = {
  value: 'email',
  label: 'your e-mail address',
  fieldNames: addresses,
  tool: { name: ownTool, others: false },
};

const questions: readonly Question[] = [
  ownAddress,
  { value: 'recipient_email', label: 'your recipients’ e-mail addresses', fieldNames: addresses, tool: { name: ownTool, others: true } },
  ...toldFields()
    .filter(({ name }) => !addresses.includes(name))
    .map(({ name, label }) => ({ value: `field_${name}`, label, fieldNames: [name], tool: null })),
];

/** Null when nothing, or nothing known, was asked. */
export function questionOf(asked: string | undefined): Question | null {
  return questions.find(({ value }) => value === asked) ?? null;
}

export interface Answer {
  readonly question: Question;
  /** The whole answer, not the beginning of it. */
  readonly whole: boolean;
  readonly page: TellingsPage;
  readonly beginsOn: string | null;
  readonly kept: string | null;
}

interface Asking extends Pick<OwnerDeps, 'orm'> {
  readonly retention: OperatorPeriods;
}

/** Answers from the ledger; without a question the one about one's own address, in short. */
export async function answerOf(
  { orm, retention }: Asking,
  owner: Owner,
  asked: { question: Question | null; after: string | undefined },
): Promise<Answer> {
  const question = asked.question ?? ownAddress;
  const whole = asked.question !== null;
  const { fieldNames, tool } = question;
  const page = await owner.tellings({ fieldNames, tool, limit: whole ? 50 : 5, ...(whole && { after: asked.after }) });
  return { question, whole, page, beginsOn: await ledgerBeginsOn({ orm, accountId: owner.accountId }), kept: retention.ledger ?? null };
}

/** Who was told a field: day, app, how often. */
export const WhoWasTold: FC<{ answer: Answer; after: string | undefined }> = ({ answer, after }) => {
  const { question, whole, page, beginsOn, kept } = answer;
  return (
    <section class="card answer" aria-labelledby="who-was-told">
      <h2 id="who-was-told">Who was told {question.label}?</h2>
      {page.rows.length === 0 ? (
        <p>{after === undefined ? 'No app was told this.' : 'There is nothing older.'}</p>
      ) : (
        <ul class="tellings">
          {page.rows.map((row) => (
            <Telling row={row} />
          ))}
        </ul>
      )}
      {!whole && page.next !== null && (
        <p>
          <a href={addressOf(question)}>All who were told</a>
        </p>
      )}
      <p class="small">{beginsOn === null ? 'No app has asked anything yet.' : <Reach beginsOn={beginsOn} kept={kept} />}</p>
      <form method="get" action="/dashboard/disclosures" class="asking">
        <label for="field-told">Ask about</label>
        <select id="field-told" name="told">
          {questions.map(({ value, label }) => (
            <option value={value} selected={value === question.value}>
              {label}
            </option>
          ))}
        </select>
        <Button kind="quiet">Show</Button>
      </form>
    </section>
  );
};

const Telling: FC<{ row: TellingsPage['rows'][number] }> = ({ row: { day, app, appName, told, calls } }) => (
  <li>
    <DayText day={day} />
    <a class="name" href={`/dashboard/apps/${app}`}>
      {appName}
    </a>
    <span>
      {told.includes('email') ? 'in full, ' : told.includes('email_masked') ? 'masked, ' : ''}
      {plural(calls, 'time')}
    </span>
  </li>
);

const Reach: FC<{ beginsOn: string; kept: string | null }> = ({ beginsOn, kept }) => (
  <>
    From the record of every answer, which reaches back to <DayText day={beginsOn} />
    {kept === null ? '.' : `; what is older than ${kept} is deleted.`}
  </>
);

export function addressOf({ value }: Question): string {
  return `/dashboard/disclosures?told=${value}`;
}
