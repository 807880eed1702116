import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';

type Content = { toString(): string | Promise<string> };

/** Renders what is the same for everybody the first time that it is asked for, and keeps it under its name. */
export function renderOnce(): (name: string, content: () => Content) => Promise<Child> {
  const kept = new Map<string, Promise<string>>();
  return async (name, content) => {
    const text = kept.get(name) ?? Promise.resolve(content().toString());
    kept.set(name, text);
    return raw(await text);
  };
}
