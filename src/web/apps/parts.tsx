import type { FC } from 'hono/jsx';
import { scopes, type Scope } from '../../policy/scopes.ts';
import type { ConnectedApp } from '../shell/owner.ts';
import { Button } from '../shell/page.tsx';
import { DayText, Status, capitalised, plural } from '../shell/format.tsx';

/** What was done to an app, and the statuses in which saying so is true. */
export const doneTexts = {
  revoked: { text: 'access revoked. It can’t ask for anything any more.', status: ['revoked'] },
  paused: { text: 'paused. It gets no data until you resume it.', status: ['paused'] },
  resumed: { text: 'active again, with what you allowed before.', status: ['active'] },
  narrowed: { text: 'may now ask for what is ticked below, and nothing else.', status: ['active', 'paused'] },
  revoked_all: { text: 'All access is revoked. No app can ask for anything any more.', status: [] },
} as const satisfies Record<string, { text: string; status: readonly string[] }> as Readonly<
  Record<Done, { readonly text: string; readonly status: readonly string[] }>
>;

export type Done = 'revoked' | 'paused' | 'resumed' | 'narrowed' | 'revoked_all';

export function isDone(text: string | undefined): text is Done {
  return text !== undefined && Object.hasOwn(doneTexts, text);
}

export const AppHeading: FC<{ app: ConnectedApp; level: 'h1' | 'h2' | 'h3' }> = ({ app, level: Level }) => (
  <div class="app-heading">
    <span class="tile" aria-hidden="true">
      {Array.from(app.name)[0]?.toLocaleUpperCase('en')}
    </span>
    <Level id={app.app} class="name">
      {app.name}
    </Level>
    <Status status={app.status} />
  </div>
);

export const Publisher: FC<{ domain: string | null }> = ({ domain }) =>
  domain === null ? (
    <span class="unverified" title="Nobody vouches for the name; it is the app’s own claim">
      unverified
    </span>
  ) : (
    <b class="name">{domain}</b>
  );

export const AppFacts: FC<{ app: ConnectedApp }> = ({ app }) => (
  <dl class="strip">
    <div>
      <dt>Publisher</dt>
      <dd>
        <Publisher domain={app.publisherDomain} />
      </dd>
    </div>
    <div>
      <dt>Connected</dt>
      <dd>
        <DayText day={app.connectedOn} />
      </dd>
    </div>
    <div>
      <dt>Last used</dt>
      <dd>{app.lastUsedOn === null ? 'never' : <DayText day={app.lastUsedOn} />}</dd>
    </div>
  </dl>
);

/** What an app may ask for, in plain words; each can be taken away, none can be added. */
export const Narrowing: FC<{ app: ConnectedApp; from?: 'app'; open?: boolean }> = ({ app, from, open }) =>
  app.scopes.length === 0 ? (
    <p class="small">It may ask for nothing of yours. To allow more, connect it again.</p>
  ) : (
    <details class="asks" open={open ?? false}>
      <summary>
        May ask for {plural(app.scopes.length, 'kind')} of data
        <Delicate scopes={app.scopes} />
      </summary>
      <form method="post" action={`/dashboard/apps/${app.app}/narrow`}>
        {from && <input type="hidden" name="from" value={from} />}
        <fieldset>
          <legend class="small">Untick what it should no longer see. It can get more only by asking you again.</legend>
          <ul class="scopes">
            {app.scopes.map((scope) => (
              <li>
                <label>
                  <input type="checkbox" name="scope" value={scope} checked />
                  <span>{capitalised(scopes[scope].line)}</span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <Button kind="quiet">
          Keep only what is ticked<span class="unseen"> for {app.name}</span>
        </Button>
      </form>
    </details>
  );

/** Names what a person had to tick by hand, since it is what they would most want to know. */
const Delicate: FC<{ scopes: readonly Scope[] }> = ({ scopes: granted }) => {
  const lines = granted.filter((each) => !scopes[each].ticked).map((each) => scopes[each].line);
  return lines.length === 0 ? <></> : <span class="delicate">including {lines.join('; ')}</span>;
};

const acts = {
  pause: { label: 'Pause', kind: 'quiet' },
  resume: { label: 'Resume', kind: 'main' },
  revoke: { label: 'Revoke', kind: 'danger' },
} as const;

/** One click, no password: withdrawing is as easy as consenting. */
export const ChangeForm: FC<{ app: ConnectedApp; act: keyof typeof acts; from?: 'app' }> = ({ app, act, from }) => (
  <form method="post" action={`/dashboard/apps/${app.app}/${act}`}>
    {from && <input type="hidden" name="from" value={from} />}
    <Button kind={acts[act].kind}>
      {acts[act].label}
      <span class="unseen"> {app.name}</span>
    </Button>
  </form>
);
