import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { verifyLedger, type LedgerReport } from '../disclosure/verify-ledger.ts';
import { verifyProof, type ProofReport } from '../disclosure/verify-proof.ts';
import { loadLedgerKeys } from '../store/engine/purpose-keys.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

const problemsShown = 20;

/** `certveil ledger verify`. */
export function ledgerCommands(program: Command, terminal: Terminal): void {
  program
    .command('ledger')
    .description('the tamper-evident ledger of disclosures')
    .command('verify')
    .description('check the ledger of the database; or, without it, an owner’s file of signed heads')
    .argument('[file]', 'a file from /dashboard/disclosures; it is checked without the database')
    .option('--database', 'with a file: check too that the database still holds its heads')
    .action(async (file: string | undefined, options: { database?: true }) => {
      const proof = file === undefined ? null : await readProof(file);
      const problems = proof ? reportProof(proof, terminal) : [];
      if (!proof || options.database) problems.push(...(await verifyDatabase(terminal, proof?.heads ?? [])));
      if (problems.length === 0) return;
      for (const problem of problems.slice(0, problemsShown)) terminal.print(problem);
      throw new UsageError(`The ledger does not hold: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`);
    });
}

async function readProof(file: string): Promise<ProofReport> {
  const proof = verifyProof(parsed(await textOf(file)));
  if (!proof) throw new UsageError('The file is not one of signed heads from /dashboard/disclosures, or was changed.');
  return proof;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError('The file cannot be read.', { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('The file is no JSON.', { cause });
  }
}

function reportProof({ rows, heads, keys, problems }: ProofReport, { print }: Terminal): string[] {
  print(`The file: ${rows} rows under ${heads.length} signed heads.`);
  for (const key of keys) print(`Signed by the key ${key}`);
  if (heads.length === 0) print('It holds no signed head, so it shows nothing.');
  else if (problems.length === 0) print('Each row is what was signed.');
  return problems.map((each) => `The file, ${each}`);
}

async function verifyDatabase({ config, clock, print }: Terminal, kept: readonly string[]): Promise<string[]> {
  const report = await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) =>
    verifyLedger({ orm, keys: await loadLedgerKeys({ orm, dataKey }), kept }),
  );
  print(summaryOf(report));
  if (report.strangers > 0)
    print(`${report.strangers} heads have no row and no signature of the ledger: put in from outside, and no part of any chain.`);
  if (report.problems.length === 0) print('Nothing was changed, taken out, put in or moved.');
  if (report.problems.length === 0 && kept.length > 0) print('Every head of the file is still in its chain.');
  return [...report.problems];
}

function summaryOf({ chains, rows, pruned, heads }: LedgerReport): string {
  return `The database: ${rows} rows in ${chains} chains under ${heads} signed heads; of ${pruned} rows only the leaf is left.`;
}
