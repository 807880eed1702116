import { Command, CommanderError } from 'commander';
import { addCommands } from '../../src/commands/all.ts';
import { explain } from '../../src/boot/explain.ts';
import { readConfig } from '../../src/config/settings.ts';
import { systemClock } from '../../src/words/dates.ts';
import type { Ended, Settings } from './server-process.ts';

/** `certveil …` in this process, for tests whose subject isn't the process itself. What nobody foresaw is thrown. */
export async function command(args: readonly string[], settings: Settings, input = ''): Promise<Ended> {
  const printed: string[] = [];
  const complaints: string[] = [];
  const program = new Command('certveil').exitOverride().configureOutput({
    writeErr: (text) => void complaints.push(text),
    outputError: (text, write) => write(text.replace(/^error: /, 'certveil: ')),
  });
  addCommands(program, {
    config: () => readConfig(settings),
    clock: systemClock,
    print: (line) => void printed.push(`${line}\n`),
    progress: () => undefined,
    input: () => Promise.resolve(input),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: 0, stdout: printed.join(''), stderr: '' };
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode, stdout: printed.join(''), stderr: complaints.join('') };
    const line = explain(error);
    if (line === null) throw error;
    return { code: 1, stdout: printed.join(''), stderr: `certveil: ${line}\n` };
  }
}
