/** A person with a browser that has no scripts: keeps cookies by path, follows redirects of one origin, fills forms. */
export interface Form {
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly checkboxes: readonly { readonly name: string; readonly value: string; readonly checked: boolean }[];
  readonly buttons: readonly { readonly name: string; readonly value: string }[];
}

export interface Visit {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Where a redirect points to that leaves the server or wasn't followed. */
  readonly location: URL | null;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly line: string;
}

export interface Choices {
  readonly untick?: readonly string[];
  /** Also ticks the scopes that are off at first. */
  readonly tick?: readonly string[] | 'all';
  readonly decision?: 'allow' | 'deny';
}

export class Person {
  readonly origin: string;
  readonly cookies = new Map<string, Cookie>();
  /** Every Set-Cookie line that this browser was ever sent. */
  readonly cookieLines: string[] = [];
  keepsCookies = true;

  constructor(origin: string) {
    this.origin = origin;
  }

  async get(path: string | URL): Promise<Visit> {
    return this.follow(await this.send(new URL(path, this.origin), { method: 'GET' }));
  }

  async submit(path: string | URL, fields: URLSearchParams | Record<string, string>, headers: Record<string, string> = {}): Promise<Visit> {
    return this.follow(await this.post(path, fields, headers));
  }

  /** Posts a form and doesn't follow the answer's redirect. */
  async post(path: string | URL, fields: URLSearchParams | Record<string, string>, headers: Record<string, string> = {}): Promise<Visit> {
    const body = new URLSearchParams(fields).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded', origin: this.origin, 'sec-fetch-site': 'same-origin' };
    return this.send(new URL(path, this.origin), { method: 'POST', body, headers: { ...type, ...headers } });
  }

  /** Fills the sign-in form of a page. */
  async signIn(page: Visit, { email, password }: { email: string; password: string }): Promise<Visit> {
    const form = formOf(page);
    return this.submit(new URL(form.action, page.url), { email, password });
  }

  /** Decides on a consent page. Answers the visit that ends it, usually a redirect to the app. */
  async consent(page: Visit, { untick = [], tick = [], decision = 'allow' }: Choices = {}): Promise<Visit> {
    const form = formOf(page);
    const fields = new URLSearchParams({ decision });
    for (const { name, value, checked } of form.checkboxes) {
      const wanted = (checked || tick === 'all' || tick.includes(value)) && !untick.includes(value);
      if (wanted) fields.append(name, value);
    }
    return this.submit(new URL(form.action, page.url), fields);
  }

  private async follow(first: Visit): Promise<Visit> {
    let visit = first;
    for (let hops = 0; visit.location?.origin === this.origin && hops < 10; hops += 1) {
      if (visit.location.pathname.startsWith('/callback')) break;
      visit = await this.send(visit.location, { method: 'GET' });
    }
    return visit;
  }

  private async send(url: URL, init: { method: string; body?: string; headers?: Readonly<Record<string, string>> }): Promise<Visit> {
    const cookie = [...this.cookies.values()]
      .filter((each) => reaches(each.path, url.pathname))
      .map(({ name, value }) => `${name}=${value}`);
    const headers = { accept: 'text/html', ...init.headers, ...(cookie.length > 0 && { cookie: cookie.join('; ') }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      headers: response.headers,
      body: await response.text(),
      location: location === null ? null : new URL(location, url),
    };
  }

  private keep(line: string): void {
    this.cookieLines.push(line);
    if (!this.keepsCookies) return;
    const [pair = '', ...attributes] = line.split(';').map((each) => each.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
    const key = `${name} ${path}`;
    if (value === '' || /max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(key);
    else this.cookies.set(key, { name, value, path, line });
  }
}

function reaches(cookiePath: string, pathname: string): boolean {
  return pathname === cookiePath || pathname.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}

/** The form in a page's main part. */
export function formOf({ body, status }: Visit): Form {
  const main = body.slice(body.indexOf('<main'));
  const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(main);
  if (!form) throw new Error(`no form in a page of status ${status}`);
  const inputs = [...(form[2] ?? '').matchAll(/<(?:input|button)\b[^>]*>/g)].map(([tag]) => ({
    tag,
    name: attribute(tag, 'name') ?? '',
    value: attribute(tag, 'value') ?? '',
    type: attribute(tag, 'type') ?? 'text',
  }));
  return {
    action: unescapeHtml(form[1] ?? ''),
    fields: inputs.filter(({ type }) => type !== 'checkbox' && type !== 'submit').map(({ name, value }) => [name, value] as const),
    checkboxes: inputs
      .filter(({ type }) => type === 'checkbox')
      .map(({ tag, name, value }) => ({ name, value, checked: /\bchecked\b/.test(tag) })),
    buttons: inputs.filter(({ type, name }) => type === 'submit' && name !== '').map(({ name, value }) => ({ name, value })),
  };
}

function attribute(tag: string, name: string): string | null {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found ? unescapeHtml(found[1] ?? '') : null;
}

/** The text that a reader of a page sees. */
export function textOf({ body }: Visit): string {
  return unescapeHtml(body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '));
}

function unescapeHtml(text: string): string {
  return text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
