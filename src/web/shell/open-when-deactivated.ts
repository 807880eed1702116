const open = [
  /^GET \/dashboard(?:\/(?:apps|disclosures|data|account)(?:[/.].*)?)?$/,
  /^GET \/api\/(?:apps|disclosures|retention)(?:\/|$)/,
  /^(?:GET|POST) \/(?:dashboard|api)\/requests(?:\/|$)/,
  /^POST \/(?:dashboard|api)\/apps\/(?:[^/]+\/(?:revoke|pause)|revoke-all)$/,
  /^POST \/dashboard\/account\/(?:mail|password|sessions)$/,
  /^POST \/api\/account\/deactivate$/,
  /^POST \/contact(?:\/|$)/,
  /^POST \/privacy\//,
];

/** What an owner whose services are all deactivated may still do (CS-32): their requests, what is held, what was told, the security of their sign-in, and to cut apps off. */
export function staysOpen(method: string, path: string): boolean {
  return open.some((each) => each.test(`${method === 'HEAD' ? 'GET' : method} ${path}`));
}
