import type { FC } from 'hono/jsx';
import type { AppDescription } from '../../oauth/clients.ts';
import type { LookAlike } from '../../oauth/look-alikes.ts';
import { Card, Facts, Notice } from '../shell/page.tsx';

interface AppProps {
  readonly app: AppDescription;
}

/** Who an app is: its name, who vouches for it, and where it goes on to. */
export const AppIdentity: FC<AppProps> = ({ app }) => (
  <Card>
    <Facts
      facts={[
        ['App', <span class="name">{app.name}</span>],
        [
          'Vouched for by',
          app.publisherDomain === null ? (
            <>
              <b>unverified</b>: the name is the app’s own claim
            </>
          ) : (
            <b class="name">{app.publisherDomain}</b>
          ),
        ],
        ...(app.documentAddress === null ? [] : [['Described at', <span class="code">{app.documentAddress}</span>] as const]),
        ['Sends you back to', <b class="name">{app.redirectHost}</b>],
      ]}
    />
  </Card>
);

const warnings: Readonly<Record<AppDescription['redirect'], string | null>> = {
  web: null,
  elsewhere:
    'The host that describes this app isn’t the one that gets your answer, and some hosts describe whatever anybody stores there. Go on only if you know both.',
  this_computer:
    'This app runs on your own computer, and any program there could use its name. Go on only if you have just started to connect it yourself.',
  other_program:
    'This opens a program on your device, and any program there could use its name. Go on only if you have just started to connect it yourself.',
};

export const AppWarnings: FC<AppProps & { lookAlike: LookAlike | null }> = ({ app, lookAlike }) => (
  <>
    {lookAlike && (
      <Notice kind="warning">
        <p>
          {lookAlike.of === 'known' ? (
            <>
              Its name is like that of <span class="name">{lookAlike.name}</span>, but the makers of{' '}
              <span class="name">{lookAlike.name}</span> don’t vouch for it.
            </>
          ) : (
            <>
              You have connected an app named <span class="name">{lookAlike.name}</span> already. This is another one.
            </>
          )}{' '}
          Go on only if you have just started to connect it yourself.
        </p>
      </Notice>
    )}
    {warnings[app.redirect] !== null && (
      <Notice kind="warning">
        <p>{warnings[app.redirect]}</p>
      </Notice>
    )}
  </>
);
