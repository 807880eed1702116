import type { Person } from './person.ts';

/** Revokes an app by the JSON endpoint, in the person's session. Answers what the endpoint says. */
export async function revokeByEndpoint(person: Person, name: string): Promise<unknown> {
  const response = await fetch(`${person.origin}/api/apps/${await appNamed(person, name)}/revoke`, {
    method: 'POST',
    headers: {
      cookie: [...person.cookies.values()]
        .filter(({ path }) => path === '/')
        .map((each) => `${each.name}=${each.value}`)
        .join('; '),
      origin: person.origin,
      'content-type': 'application/json',
    },
    body: '{}',
  });
  return response.json();
}

/** Revokes an app by the form that the dashboard shows. Answers the page that says so. */
export async function revokeByForm(person: Person, name: string): Promise<string> {
  const action = `/dashboard/apps/${await appNamed(person, name)}/revoke`;
  const { body } = await person.get('/dashboard');
  if (!body.includes(`action="${action}"`)) throw new Error(`the dashboard has no form to revoke ${name}`);
  return (await person.submit(action, {})).body;
}

async function appNamed(person: Person, name: string): Promise<string> {
  const { body } = await person.get('/api/apps');
  const found = (JSON.parse(body) as { apps: { app: string; name: string; status: string }[] }).apps.find(
    (each) => each.name === name && each.status === 'active',
  );
  if (!found) throw new Error(`the dashboard shows no active app ${name}`);
  return found.app;
}
