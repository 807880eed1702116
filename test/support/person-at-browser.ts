import { randomBytes } from 'node:crypto';
import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { clientDocumentUrl } from './client-document.ts';
import { ada } from './connect.ts';
import { Person, type Choices } from './person.ts';

export type Registration = 'dynamic registration' | 'a metadata document';
export const registrations: readonly Registration[] = ['dynamic registration', 'a metadata document'];

/** What a client keeps about its sign-in, and a person who answers when it opens the browser. */
export class PersonAtBrowser implements OAuthClientProvider {
  readonly redirectUrl = 'http://127.0.0.1:49152/callback';
  readonly person: Person;
  readonly choices: Choices[];
  readonly clientName: string;
  readonly clientMetadataUrl?: string;
  /** Every page that the client opened in the browser. */
  readonly opened: URL[] = [];
  /** False: the browser opens and nobody answers. */
  isThere = true;
  private landed: URL | null = null;
  private client: StoredOAuthClientInformation | undefined;
  private kept: StoredOAuthTokens | undefined;
  private discovered: OAuthDiscoveryState | undefined;
  private verifier = '';
  private sentState = '';

  constructor({
    origin,
    name,
    registration,
    choices,
  }: {
    origin: string;
    name: string;
    registration: Registration;
    choices: readonly Choices[];
  }) {
    this.person = new Person(origin);
    this.clientName = name;
    this.choices = [...choices];
    if (registration === 'a metadata document') this.clientMetadataUrl = clientDocumentUrl;
  }

  get clientMetadata() {
    return { client_name: this.clientName, redirect_uris: [this.redirectUrl], token_endpoint_auth_method: 'none' };
  }

  state(): string {
    this.sentState = randomBytes(8).toString('base64url');
    return this.sentState;
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.client;
  }

  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.client = client;
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.kept;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.kept = tokens;
  }

  invalidateCredentials(scope: string): void {
    if (scope === 'all' || scope === 'tokens') this.kept = undefined;
    if (scope === 'all' || scope === 'client') this.client = undefined;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.discovered;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.discovered = state;
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  codeVerifier(): string {
    return this.verifier;
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    this.opened.push(url);
    if (!this.isThere) return;
    let page = await this.person.get(url);
    if (/name="password"/.test(page.body)) page = await this.person.signIn(page, ada);
    const choices = this.choices.length > 1 ? this.choices.shift() : this.choices[0];
    this.landed = (await this.person.consent(page, choices)).location;
  }

  /** Where the browser came back to the client, once. */
  takeAnswer(): URLSearchParams {
    const answer = this.landed?.searchParams;
    this.landed = null;
    if (answer?.get('state') !== this.sentState) throw new Error('the browser did not come back with the state');
    return answer;
  }

  get answered(): boolean {
    return this.landed !== null;
  }
}
