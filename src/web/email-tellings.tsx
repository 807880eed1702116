import type { FC } from 'hono/jsx';
import { emailTellingsOf, type EmailTelling } from '../store/dashboard-disclosures.ts';
import type { Owner, OwnerDeps } from './owner.ts';
import { DayText, plural } from './words.tsx';

/** Who was told an e-mail address, with the app's name. */
export interface Telling extends Omit<EmailTelling, 'appId'> {
  readonly app: string;
  readonly name: string;
}

/** The one tool that tells the owner's own address; every other address is a recipient's. */
const ownTool = 'get_account_summary';

export async function tellingsOf({ orm }: Pick<OwnerDeps, 'orm'>, owner: Owner): Promise<Telling[]> {
  const apps = await owner.apps();
  const tellings = await emailTellingsOf({ orm, accountId: owner.accountId, ownTool });
  return tellings.flatMap(({ appId, ...telling }) => {
    const app = apps.find((each) => each.appId === appId);
    return app ? [{ ...telling, app: app.app, name: app.name }] : [];
  });
}

/** Answers "who was told my e-mail?" in a sentence or a short list, apart from recipients' addresses. */
export const WhoWasTold: FC<{ full: boolean; tellings: readonly Telling[] }> = ({ full, tellings }) => {
  const asked = tellings.filter((each) => each.full === full);
  const how = full ? 'in full' : 'masked';
  return (
    <section class="card answer" aria-labelledby="who-was-told">
      <h2 id="who-was-told">Who was told your e-mail {how}?</h2>
      <TellingList tellings={asked.filter(({ own }) => own)} nobody={`No app was told your own address ${how}.`} />
      {asked.some(({ own }) => !own) && (
        <>
          <h3>And your recipients’ addresses {how}</h3>
          <TellingList tellings={asked.filter(({ own }) => !own)} nobody="" />
        </>
      )}
    </section>
  );
};

const TellingList: FC<{ tellings: readonly Telling[]; nobody: string }> = ({ tellings, nobody }) =>
  tellings.length === 0 ? (
    <p>{nobody}</p>
  ) : (
    <ul>
      {tellings.map(({ app, name, calls, lastOn }) => (
        <li>
          <a class="name" href={`/dashboard/apps/${app}`}>
            {name}
          </a>
          , {plural(calls, 'time')}, last on <DayText day={lastOn} />
        </li>
      ))}
    </ul>
  );
