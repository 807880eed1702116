/** Roles that nobody logs in as. Each owns functions; its column grants are all that those functions can touch. */
export const readerRole = 'reader';
export const grantsRole = 'grants';
export const ledgerRole = 'ledger';
export const requestsRole = 'requests';
/** May execute the tools' functions and nothing else; TOOLS_DATABASE_URL's login is a member of it. */
export const toolsRole = 'tools';
const kinds = [readerRole, grantsRole, ledgerRole, requestsRole, toolsRole] as const;
export type Role = (typeof kinds)[number];

export type RoleNames = Readonly<Record<Role, string>>;

/**
 * The roles of an installation. A cluster shares its roles between databases, so the names carry the installation's id; null stands
 * for the roles of the version before, which had one name for all.
 */
export function roleNames(installation: string | null): RoleNames {
  const start = installation === null ? 'certveil' : `certveil_${installation}`;
  return {
    reader: `${start}_reader`,
    grants: `${start}_grants`,
    ledger: `${start}_ledger`,
    requests: `${start}_requests`,
    tools: `${start}_tools`,
  };
}

/** Matches the roles of every installation, and of the version before. */
export const anyInstallation = `^certveil_([a-z0-9]{8}_)?(${kinds.join('|')})$`;

export function namesOf(names: RoleNames): readonly string[] {
  return kinds.map((kind) => names[kind]);
}
