import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { titlesIn } from '../support/titles.ts';
import { checklist, support } from './checklist.ts';

const files = readdirSync(import.meta.dirname).filter((name) => support[name] === undefined);
const titles = new Map(files.map((name) => [name.split('.')[0], titlesIn(readFileSync(join(import.meta.dirname, name), 'utf8'))]));

describe('the checklist of attacks', () => {
  it('has an attack and a twin on every line, and both are tests that exist', () => {
    const missing = checklist.flatMap(({ tries, file, attacks, twins }) =>
      attacks.length > 0 && twins.length > 0
        ? [...attacks, ...twins].filter((title) => titles.get(file)?.includes(title) !== true).map((title) => `${file}: ${title}`)
        : [`${tries}: nothing tried, or no twin`],
    );
    expect(missing).toEqual([]);
  });

  it('holds every test of every file beside it, and every file but its own', () => {
    const listed = new Set(checklist.flatMap(({ file, attacks, twins }) => [...attacks, ...twins].map((title) => `${file}: ${title}`)));
    const unlisted = [...titles].flatMap(([file = '', found]) =>
      (found.length > 0 ? found : ['no title was found']).map((title) => `${file}: ${title}`).filter((each) => !listed.has(each)),
    );
    expect(unlisted).toEqual([]);
    expect(files.filter((name) => !name.endsWith('.test.ts'))).toEqual([]);
    expect(readdirSync(import.meta.dirname)).toEqual(expect.arrayContaining(Object.keys(support)));
  });

  it('lists no test as an attack and as a twin', () => {
    const attacks = new Set(checklist.flatMap((line) => line.attacks.map((title) => `${line.file}: ${title}`)));
    expect(checklist.flatMap((line) => line.twins.map((title) => `${line.file}: ${title}`)).filter((each) => attacks.has(each))).toEqual(
      [],
    );
  });

  it('is read with the titles of each form of test', () => {
    const text = [
      `it('a', () => {`,
      `it.each(forms)('b %s', () => {`,
      `it.each([\n  ['no title'],\n])('c', () => {`,
      `it.each<[string]>([\n  ['x', f('y')],\n])(\n  'd %s',\n  () => {`,
      `it.each(['x', 'y'])('e', () => {`,
      `expect(f('no title')).toBe('none')`,
    ].join('\n');
    expect(titlesIn(text)).toEqual(['a', 'b %s', 'c', 'd %s', 'e']);
  });
});
