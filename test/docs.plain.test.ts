import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs')).map((name) => join('docs', name)),
].filter((path) => path.endsWith('.md'));

const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

/** What a page links to, and the places of the checkout that it names between backticks. */
function namedBy(page: string): string[] {
  const text = textOf(page);
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, to = '']) => join(dirname(page), to));
  const places = [...text.matchAll(/`((?:src|test|scripts|docs|bench|drizzle|desktop)\/[\w./-]*)`/g)].map(([, to = '']) => to);
  return [...links, ...places];
}

describe('the docs', () => {
  it('begin with a README of at most 8 kB, which is a map of all other pages', () => {
    expect(statSync(join(root, 'README.md')).size).toBeLessThanOrEqual(8_192);
    expect(namedBy('README.md')).toEqual(expect.arrayContaining(pages.filter((page) => page !== 'README.md')));
  });

  it('name no file or folder that is gone', () => {
    const gone = pages.flatMap((page) =>
      namedBy(page)
        .filter((to) => !existsSync(join(root, to)))
        .map((to) => `${page}: ${to}`),
    );
    expect(gone).toEqual([]);
  });
});
