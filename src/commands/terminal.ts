import type { Config } from '../config/settings.ts';
import type { Clock } from '../words/dates.ts';

/** What a command gets: the settings, read when it needs them, and where it prints. */
export interface Terminal {
  readonly config: () => Config;
  readonly clock: Clock;
  /** Standard input to its end; a person at a terminal is asked for it. */
  readonly input: () => Promise<string>;
  /** A line to standard output. */
  readonly print: (line: string) => void;
  /** Replaces the last line on a terminal, to show progress; does nothing elsewhere. */
  readonly progress: (line: string) => void;
}
