import type { FC } from 'hono/jsx';
import type { Asked } from '../../oauth/interaction.ts';
import { neverSent } from '../../policy/classes.ts';
import { scopes, type Scope } from '../../policy/scopes.ts';
import { AppIdentity, AppWarnings } from './app-identity.tsx';
import { Actions, Button, Notice, Page } from '../shell/page.tsx';
import { capitalised } from '../shell/format.tsx';

export interface ConsentProps {
  readonly asked: Asked & { readonly kind: 'consent' };
  /** The app isn't what the page before said: the person decides anew. */
  readonly changed?: boolean;
  /** The exact fields that a scope opens, in words; all of them, or those beside the accepted ones. */
  readonly fieldLabelsOf: (scope: Scope, accepted?: readonly string[]) => readonly string[];
}

/** What a person sees before an app gets anything (CF-17, CS-02). */
export const ConsentPage: FC<ConsentProps> = ({
  asked: { id, app, lookAlike, page, scopes: asked, person, held },
  changed = false,
  fieldLabelsOf,
}) => (
  <Page title="Connect an app" narrow>
    <h1>
      Let <span class="name">{app.name}</span> see some of your data?
    </h1>
    <p class="lead">
      You are signed in as <span class="name">{person.displayName}</span> ({person.email}).
    </p>
    {changed && (
      <Notice kind="bad">
        <p>What this app says of itself changed while you read. Nothing was allowed. Look at it again.</p>
      </Notice>
    )}
    <AppIdentity app={app} />
    <AppWarnings app={app} lookAlike={lookAlike} />
    {held && (
      <Notice>
        <p>
          This app is connected already. What it asks for beyond that is marked <b class="new">new</b>. Your choice here replaces the
          earlier one: what you leave unticked, it loses.
        </p>
      </Notice>
    )}
    <form method="post" action={`/interaction/${id}`}>
      <input type="hidden" name="page" value={page} />
      <h2>What it may see</h2>
      <p class="small">Untick what you would rather keep. You can narrow or end this in your dashboard at any time.</p>
      <ul class="scopes">
        {asked.map((scope) => (
          <ScopeChoice
            scope={scope}
            fields={fieldLabelsOf(scope)}
            added={held && (held.scopes.includes(scope) ? fieldLabelsOf(scope, held.fields) : 'all')}
          />
        ))}
      </ul>
      <NeverSent />
      <Notice>
        <p>
          What you write to the assistant, and what it does with the answers, falls under its vendor’s privacy policy. Your conversation
          never reaches us: we get only the request that the app makes for you, and keep a record of what it was told that you can read.
        </p>
      </Notice>
      <Actions>
        <Button name="decision" value="allow">
          Allow what is ticked
        </Button>
        <Button name="decision" value="deny" kind="quiet">
          Don’t connect
        </Button>
      </Actions>
    </form>
  </Page>
);

const NeverSent: FC = () => (
  <>
    <h2>What it is never sent</h2>
    <ul class="small">
      {neverSent.map((each) => (
        <li>{each}</li>
      ))}
      <li>anything that belongs to another account</li>
    </ul>
  </>
);

/** `added`: what is new to an app that is connected already. A screen reader says the line first, and the fields as its description. */
const ScopeChoice: FC<{ scope: Scope; fields: readonly string[]; added: readonly string[] | 'all' | null }> = ({
  scope,
  fields,
  added,
}) => (
  <li>
    <label>
      <input
        type="checkbox"
        name="scope"
        value={scope}
        checked={scopes[scope].ticked}
        aria-labelledby={`line-${scope}`}
        aria-describedby={`fields-${scope}`}
      />
      <span>
        <span id={`line-${scope}`}>
          <b>{capitalised(scopes[scope].line)}</b>
          {added === 'all' && (
            <>
              {' '}
              <b class="new">new</b>
            </>
          )}
        </span>
        <span id={`fields-${scope}`} class="small fields-of">
          {fields.length > 0 && <span>Fields: {fields.join(', ')}</span>}
          {Array.isArray(added) && added.length > 0 && (
            <span>
              <b class="new">new</b> {added.join(', ')}
            </span>
          )}
        </span>
      </span>
    </label>
  </li>
);
