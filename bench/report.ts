import { cpus, loadavg, totalmem } from 'node:os';
import { medianOf, ratioOf, spreadOf, type Rounds } from './measure.ts';

const goals: { readonly met: boolean; readonly line: string }[] = [];

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function heading(text: string): void {
  print(`\n${text}`);
}

export function loadNow(): string {
  return loadavg()
    .map((each) => each.toFixed(1))
    .join(' ');
}

export function printMachine(engines: Readonly<Record<string, string>>): void {
  const [cpu] = cpus();
  print(`${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadNow()}`);
  print(
    Object.entries({ node: process.version, ...engines })
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  print('Only ratios within one run mean anything. ± is the widest distance between rounds.');
}

/** One line a rung: its median, its ratio to `base`, its noise. */
export function printRungs(rounds: Rounds, { base, unit }: { base: string; unit: string }): void {
  for (const name of rounds.keys()) {
    const value = medianOf(rounds, name);
    const noise = `±${Math.round((spreadOf(rounds, name) * 100) / 2)} %`;
    print(
      `  ${name.padEnd(62)}${number(value).padStart(9)} ${unit.padEnd(6)}${ratio(ratioOf(rounds, name, base)).padStart(7)} ×  ${noise}`,
    );
  }
}

/** Says whether a goal is met, and keeps it for the end. Numbers are information: none makes the run fail. */
export function goal(text: string, found: number, { atLeast, atMost }: { atLeast?: number; atMost?: number }): void {
  const met = (atLeast === undefined || found >= atLeast) && (atMost === undefined || found <= atMost);
  const line = `${met ? 'met   ' : 'MISSED'} ${text}: ${ratio(found)} (${atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`})`;
  goals.push({ met, line });
  print(`  goal ${line}`);
}

export function printGoals(): void {
  heading(`Goals: ${goals.filter(({ met }) => met).length} of ${goals.length} met, load ${loadNow()}`);
  for (const { line } of goals) print(`  ${line}`);
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function ratio(value: number): string {
  return value >= 10 ? value.toFixed(1) : value.toFixed(value < 0.1 ? 3 : 2);
}
