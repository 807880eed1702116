import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';
import { describe, expect, it } from 'vitest';
import { patched } from '../../src/oauth/patches.ts';

const root = join(import.meta.dirname, '../..');
const oauth = join(root, 'src/oauth');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The library as it comes. */
const plain = new Provider('http://localhost', {
  clients: [{ client_id: 'a', redirect_uris: ['https://app.example/'], token_endpoint_auth_method: 'none' }],
});
plain.silent = true;

async function answerOf(path: string): Promise<Response> {
  const answer = plain.callback();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await fetch(`http://localhost:${port}${path}`, { redirect: 'manual' });
  } finally {
    server.close();
  }
}

describe('what is patched of oidc-provider', () => {
  it('is of one version, which the package and its lock name exactly', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const { version } = JSON.parse(read('node_modules/oidc-provider/package.json')) as { version: string };
    expect(dependencies['oidc-provider']).toBe(version);
  });

  it.each(Object.keys(patched).filter((name) => /^[A-Z]/.test(name)))('is there in that version: %s', (name) => {
    const [first = '', ...path] = name.split('.');
    const start: unknown = first === 'Provider' ? Provider : Reflect.get(plain, first);
    const found = path.reduce<unknown>((place, each) => Reflect.get(place as object, each), start);
    expect(found).toBeTypeOf('function');
  });

  it('is there in that version: client.tokenEndpointAuthMethod, session.destroyed, and the request that is under way', async () => {
    expect(await plain.Client.find('a')).toHaveProperty('tokenEndpointAuthMethod', 'none');
    expect(read('node_modules/oidc-provider/lib/shared/session.js')).toContain('ctx.oidc.session.destroyed');
    expect('ctx' in Provider).toBe(true);
  });

  it('is there in that version: metadata that tells of claims, and cookies with a date', async () => {
    const metadata = (await (await answerOf('/.well-known/openid-configuration')).json()) as object;
    expect(Object.keys(metadata)).toEqual(expect.arrayContaining(['claims_supported', 'claims_parameter_supported', 'scopes_supported']));
    const challenge = 'a'.repeat(43);
    const asked = `client_id=a&response_type=code&scope=openid&code_challenge=${challenge}&code_challenge_method=S256`;
    const cookies = (await answerOf(`/auth?${asked}`)).headers.getSetCookie();
    expect(cookies.filter((each) => /; expires=/i.test(each))).not.toEqual([]);
  });

  it('is patched in patches.ts alone', () => {
    const patching =
      /\bReflect\.(?:set|defineProperty)\(|\boverride (?:async )?\w+[(<]|\.prototype\b|\b(?:Client|Session|Grant|Interaction|AccessToken|RefreshToken)\.\w+ = |\bextends Provider\b/;
    const files = readdirSync(oauth).filter((name) => patching.test(readFileSync(join(oauth, name), 'utf8')));
    expect(files).toEqual(['patches.ts']);
  });

  it('has a reason each', () => {
    expect(Object.entries(patched).filter(([, why]) => why.length < 30)).toEqual([]);
  });
});
