import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settings } from '../src/config/settings.ts';
import { compileProjection } from '../src/disclosure/projection.ts';
import { errorTable } from '../src/errors.ts';
import { boundTable } from '../src/oauth/bounds.ts';
import { limitTable } from '../src/http/limits.ts';
import { dataClasses } from '../src/policy/classes.ts';
import { retentionClasses } from '../src/policy/retention.ts';
import { allScopes, scopes } from '../src/policy/scopes.ts';
import { tools } from '../src/tools/index.ts';
import { checklist, notHere } from '../test/attacks/checklist.ts';
import { house } from '../test/support/house.ts';

/** Writes the tables of `docs` between their markers and the manifest's tools; with `--check` it only says whether they are up to date. */
const root = fileURLToPath(new URL('..', import.meta.url));
const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string) => `\`${text}\``;
const letter = (flag: boolean) => (flag ? 'T' : 'F');

const sections: Readonly<Record<string, string>> = {
  tools: table(
    ['tool', 'what it may return', 'scope', 'R/D/I'],
    tools.map(({ name, output, scope, hints }) => [
      code(name),
      compileProjection(output)
        .fields.map((field) => field.name)
        .join(', '),
      scope === null ? 'any valid token' : code(scope),
      [hints.readOnly, hints.destructive, hints.idempotent].map(letter).join('/'),
    ]),
  ),
  scopes: table(
    ['scope', 'consent line', 'ticked at first'],
    allScopes.map((scope) => [code(scope), scopes[scope].line, scopes[scope].ticked ? 'yes' : 'no']),
  ),
  classes: table(
    ['data class', 'what', 'may leave through a tool'],
    Object.entries(dataClasses).map(([name, { says, leaves }]) => [code(name), says, leaves === 'never' ? 'never' : 'by scope']),
  ),
  retention: table(
    ['retention class', 'kept', 'from', 'promise'],
    Object.entries(retentionClasses).map(([name, { period, from, promise }]) => [
      code(name),
      period,
      from,
      promise ?? 'not promised in the notice',
    ]),
  ),
  settings: table(
    ['setting', 'what', 'without it'],
    Object.entries(settings).map(([name, { says, without }]) => [code(name), says, without]),
  ),
  rooms: table(
    ['room', 'what it is for', 'may know'],
    house.rooms.map(({ name, purpose, mayImport }) => [code(name), purpose, mayImport.map(code).join(', ') || 'nothing']),
  ),
  attacks: [
    table(
      ['somebody tries', 'which would break', 'tests of `test/attacks`'],
      checklist.map(({ tries, rule, file, attacks, twins }) => [tries, rule, `${file}: ${attacks.length} + ${twins.length}`]),
    ),
    `Nothing to attack here: ${notHere.map(({ line, because }) => `${line} (${because})`).join('; ')}.`,
  ].join('\n\n'),
  limits: table(
    ['limit', 'how many', 'of what', 'counted by'],
    Object.entries(limitTable).map(([name, { points, seconds, says, ...rest }]) => [
      code(name),
      `${points} in ${seconds === 60 ? 'a minute' : seconds === 3600 ? 'an hour' : `${seconds / 60} minutes`}`,
      says,
      'local' in rest ? 'each process' : 'all instances',
    ]),
  ),
  bounds: table(
    ['bound', 'at most', 'of what', 'counted by'],
    Object.entries(boundTable).map(([name, { most, says, ...rest }]) => [
      code(name),
      String(most),
      says,
      'local' in rest ? 'each process' : 'all instances',
    ]),
  ),
  errors: table(
    ['code', 'status', 'text'],
    Object.entries(errorTable).map(([name, { status, text }]) => [code(name), String(status), text]),
  ),
};

const begin = (name: string) => `<!-- ${name}: written by npm run docs -->`;
const end = (name: string) => `<!-- /${name} -->`;

function withTables(text: string): string {
  return Object.entries(sections).reduce((rest, [name, body]) => {
    const [from, to] = [rest.indexOf(begin(name)), rest.indexOf(end(name))];
    return from < 0 ? rest : `${rest.slice(0, from + begin(name).length)}\n\n${body}\n\n${rest.slice(to)}`;
  }, text);
}

/** Each table stands on one page, between both of its markers. @throws otherwise */
function refuseStrays(texts: readonly string[]): void {
  const all = texts.join('\n');
  for (const name of Object.keys(sections)) {
    const [opened, closed] = [begin(name), end(name)].map((marker) => all.split(marker).length - 1);
    if (opened !== 1 || closed !== 1) throw new Error(`docs has the markers of ${name} ${opened} and ${closed} times, not once`);
  }
}

function withTools(text: string): string {
  const named = tools.map(({ name, description }) => `    ${JSON.stringify({ name, description })}`).join(',\n');
  return text.replace(/"tools": \[[^\]]*\]/, () => `"tools": [\n${named}\n  ]`);
}

refuseStrays(pages.map((name) => readFileSync(join(root, 'docs', name), 'utf8')));

for (const [file, write] of [...pages.map((name) => [join('docs', name), withTables] as const), ['manifest.json', withTools] as const]) {
  const before = readFileSync(join(root, file), 'utf8');
  const after = write(before);
  if (before === after) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${file} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(join(root, file), after);
  }
}
