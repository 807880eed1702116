import { readFileSync, writeFileSync } from 'node:fs';
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

/** Writes the README's tables between their markers and the manifest's tools; with `--check` it only says whether they are up to date. */
const readme = new URL('../README.md', import.meta.url);
const manifest = new URL('../manifest.json', import.meta.url);

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

function withTables(text: string): string {
  return Object.entries(sections).reduce((rest, [name, body]) => {
    const [begin, end] = [`<!-- ${name}: written by npm run docs -->`, `<!-- /${name} -->`];
    const [from, to] = [rest.indexOf(begin), rest.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md has no markers for ${name}`);
    return `${rest.slice(0, from + begin.length)}\n\n${body}\n\n${rest.slice(to)}`;
  }, text);
}

function withTools(text: string): string {
  const named = tools.map(({ name, description }) => `    ${JSON.stringify({ name, description })}`).join(',\n');
  return text.replace(/"tools": \[[^\]]*\]/, () => `"tools": [\n${named}\n  ]`);
}

for (const [file, write] of [
  [readme, withTables],
  [manifest, withTools],
] as const) {
  const before = readFileSync(file, 'utf8');
  const after = write(before);
  if (before === after) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${file.pathname.split('/').at(-1)} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, after);
  }
}
