export interface Login {
  readonly name: string;
  readonly password: string;
}

/** A plain database owner: may make roles, is no superuser. */
export const ownerLogin: Login = { name: 'certveil_owner', password: 'owner' };

/** The execute-only login of TOOLS_DATABASE_URL. */
export const toolsLogin: Login = { name: 'certveil_tools_login', password: 'tools' };

export function urlFor({ adminUrl, login, database }: { adminUrl: string; login?: Login; database: string }): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (login) {
    url.username = login.name;
    url.password = login.password;
  }
  return url.href;
}
