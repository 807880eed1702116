import { Hono } from 'hono';
import type { Child, FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import { neverSent } from '../../policy/classes.ts';
import { showPage, type WebEnv } from '../shell/http.ts';
import { Actions, Notice, Page } from '../shell/page.tsx';
import type { WebSessions } from '../shell/session.ts';

export interface HomeDeps {
  readonly publicUrl: string;
  readonly sessions: WebSessions;
}

/** `/`: what this is, and how to connect each client. */
export function homePage({ publicUrl, sessions }: HomeDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/', async (c) => showPage(c, <Home endpoint={`${publicUrl}/mcp`} person={await sessions.sessionOf(c)} />));
  return pages;
}

const Home: FC<{ endpoint: string; person: SignedIn | null }> = ({ endpoint, person }) => (
  <Page title="Your certificates and AI assistants" person={person}>
    <section class="hero">
      <h1>Ask your assistant about your certificates. Keep everything else.</h1>
      <p class="lead">
        Certveil stands between your certificate account and ChatGPT, Claude or any other MCP client. The assistant gets only the fields
        that you allow, and you see what it was told.
      </p>
      <p class="endpoint-box">
        <span class="small">Address for your assistant</span>
        <code class="endpoint">{endpoint}</code>
      </p>
      <Actions>
        <a class="button" href="/dashboard">
          {person ? 'Open your dashboard' : 'Sign in to your dashboard'}
        </a>
        <a class="button quiet" href="#connect">
          How to connect
        </a>
      </Actions>
    </section>
    <section class="three" aria-label="What you can rely on">
      <Point title="You choose">
        On the consent page you see every field before an app gets it. Full e-mail addresses are off until you tick them.
      </Point>
      <Point title="You see">
        Each answer is written down before it is given: which app, which fields, how many records. Never the values.
      </Point>
      <Point title="You end it">Pause, narrow or revoke with one click. It holds from the app’s very next call.</Point>
    </section>
    <Connecting endpoint={endpoint} />
    <h2>What is never sent</h2>
    <ul class="never">
      {neverSent.map((each) => (
        <li>{each}</li>
      ))}
      <li>anything that belongs to another account</li>
    </ul>
  </Page>
);

const Point: FC<{ title: string; children?: Child }> = ({ title, children }) => (
  <div>
    <h2>{title}</h2>
    <p>{children}</p>
  </div>
);

const Connecting: FC<{ endpoint: string }> = ({ endpoint }) => (
  <section aria-labelledby="connect">
    <h2 id="connect">Connect your assistant</h2>
    <p class="small">Whichever you use, it opens this site once: you sign in, untick what it should not see, and allow.</p>
    {isLocal(endpoint) && (
      <Notice kind="warning">
        <p>This address works on this computer only. ChatGPT and claude.ai reach servers on the internet, under https.</p>
      </Notice>
    )}
    <div class="clients">
      {clients.map(({ name, steps }) => (
        <section class="card" aria-label={name}>
          <h3>{name}</h3>
          <ol>
            {steps(endpoint).map((step) => (
              <li>{step}</li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  </section>
);

interface Client {
  readonly name: string;
  readonly steps: (endpoint: string) => readonly Child[];
}

const clients: readonly Client[] = [
  {
    name: 'ChatGPT',
    steps: () => [
      'In the settings, open Apps, then Advanced settings, and turn on Developer mode.',
      'Create an app: give it a name, paste the address above, choose OAuth.',
      'Allow what it may see. In a chat, pick the app from the tools menu.',
    ],
  },
  {
    name: 'Claude',
    steps: (endpoint) => [
      'In the settings, open Connectors and add a custom connector.',
      'Paste the address above, then press Connect.',
      <>
        In Claude Code: <code>claude mcp add --transport http certveil {endpoint}</code>, then <code>/mcp</code> to sign in.
      </>,
    ],
  },
  {
    name: 'VS Code',
    steps: () => [
      <>
        Open the Command Palette and run <b>MCP: Add Server</b>.
      </>,
      'Choose HTTP, paste the address above, and give it a name.',
      'Allow VS Code to sign in when it asks.',
    ],
  },
  {
    name: 'MCP Inspector',
    steps: () => [
      <>
        Run <code>npx @modelcontextprotocol/inspector</code>.
      </>,
      'Choose Streamable HTTP and paste the address above.',
      'Connect, sign in, then list and call the tools.',
    ],
  },
];

function isLocal(endpoint: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(endpoint).hostname);
}
