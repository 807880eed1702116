import type { Person } from './person.ts';

/** A JSON endpoint in a person's session: a POST with a body, else a GET. */
export async function api(
  person: Person,
  path: string,
  body?: Record<string, unknown>,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${person.origin}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      cookie: [...person.cookies.values()].map((each) => `${each.name}=${each.value}`).join('; '),
      origin: person.origin,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
