import { errors, type KoaContextWithOIDC } from 'oidc-provider';

/** What an authorization may say is kept while a person is asked, so each parameter has its length: these, and 100 characters for any other. */
const longest: Readonly<Record<string, number>> = {
  client_id: 1_000,
  redirect_uri: 2_000,
  state: 2_048,
  scope: 2_000,
  nonce: 512,
  resource: 300,
  login_hint: 320,
  id_token_hint: 2_048,
  code_challenge: 128,
  ui_locales: 200,
  claims_locales: 200,
  acr_values: 200,
};
const mostResources = 4;
const longestTogether = 4_096;

/** @throws InvalidRequest that names the parameter which is too long */
export function boundParameters({ oidc: { params = {} } }: KoaContextWithOIDC): void {
  let together = 0;
  for (const [name, value] of Object.entries(params)) {
    const texts = [value].flat().filter((each) => typeof each === 'string');
    if (texts.length > mostResources) throw refusal(`${name} may be given ${mostResources} times at most`);
    if (texts.some((each) => each.length > (longest[name] ?? 100))) throw refusal(`${name} is too long`);
    together += texts.reduce((sum, each) => sum + each.length, 0);
  }
  if (together > longestTogether) throw refusal('the parameters are too long together');
}

/** Said on our own page: what is too long to keep is too long to send back. */
function refusal(reason: string): errors.InvalidRequest {
  return Object.assign(new errors.InvalidRequest(reason), { allow_redirect: false });
}
