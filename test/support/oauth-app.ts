import { createHash, randomBytes } from 'node:crypto';
import type { Choices, Person, Visit } from './person.ts';

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly token_type: string;
  readonly expires_in: number;
}

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Authorization {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
}

/** An MCP client as the authorization server sees it: registers, asks, redeems, refreshes, revokes. */
export class OAuthApp {
  readonly origin: string;
  readonly clientId: string;
  readonly redirectUri: string;

  constructor({ origin, clientId, redirectUri }: { origin: string; clientId: string; redirectUri: string }) {
    this.origin = origin;
    this.clientId = clientId;
    this.redirectUri = redirectUri;
  }

  static async register(origin: string, metadata: Record<string, unknown> = {}): Promise<OAuthApp> {
    const redirectUri = 'https://app.example/callback';
    const { status, body } = await registerRaw(origin, { client_name: 'Example app', redirect_uris: [redirectUri], ...metadata });
    if (status !== 201) throw new Error(`registration answered ${status}`);
    const [first] = body['redirect_uris'] as string[];
    return new OAuthApp({ origin, clientId: String(body['client_id']), redirectUri: first ?? redirectUri });
  }

  authorization(changes: Record<string, string | null> = {}): Authorization {
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(8).toString('base64url');
    const url = new URL('/oauth/authorize', this.origin);
    const query: Record<string, string | null> = {
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      response_type: 'code',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      resource: `${this.origin}/mcp`,
      ...changes,
    };
    for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, value);
    return { url, verifier, state };
  }

  /** Goes through sign-in (when asked) and consent. Answers the code and all that redeems it. */
  async connect(
    person: Person,
    account: { email: string; password: string },
    { choices = {}, query = {} }: { choices?: Choices; query?: Record<string, string | null> } = {},
  ): Promise<{ code: string; verifier: string; landed: URL }> {
    const asked = this.authorization(query);
    let page: Visit = await person.get(asked.url);
    if (/name="password"/.test(page.body)) page = await person.signIn(page, account);
    const landed = (await person.consent(page, choices)).location;
    if (!landed) throw new Error('the consent did not end in a redirect');
    return { code: landed.searchParams.get('code') ?? '', verifier: asked.verifier, landed };
  }

  redeem({ code, verifier, ...changes }: { code: string; verifier: string } & Record<string, unknown>): Promise<Answer<Tokens>> {
    const { landed: _landed, ...rest } = changes;
    const body = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: this.redirectUri,
      client_id: this.clientId,
    };
    return postForm(`${this.origin}/oauth/token`, { ...body, ...(rest as Record<string, string>) });
  }

  async tokens(person: Person, account: { email: string; password: string }, choices: Choices = {}): Promise<Tokens> {
    const answer = await this.redeem(await this.connect(person, account, { choices }));
    if (answer.status !== 200) throw new Error(`the token endpoint answered ${answer.status}`);
    return answer.body;
  }

  refresh(refreshToken: string, changes: Record<string, string> = {}): Promise<Answer<Tokens>> {
    return postForm(`${this.origin}/oauth/token`, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: this.clientId,
      ...changes,
    });
  }

  revoke(token: string): Promise<Answer> {
    return postForm(`${this.origin}/oauth/revoke`, { token, client_id: this.clientId });
  }
}

export async function registerRaw(origin: string, metadata: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${origin}/oauth/register`, { method: 'POST', headers, body: JSON.stringify(metadata) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

/** The body is what the endpoint promises; tests look at each part that they rely on. */
async function postForm<Body>(url: string, fields: Record<string, string>): Promise<Answer<Body>> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Body };
}
