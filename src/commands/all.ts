import type { Command } from 'commander';
import { accountCommands } from './accounts.ts';
import { activityCommands } from './activity.ts';
import { contactCommands } from './contact.ts';
import { demoCommand } from './demo.ts';
import { exportCommand } from './export.ts';
import { holdCommands } from './holds.ts';
import { importCommands } from './imports.ts';
import { keyCommands } from './keys.ts';
import { ledgerCommands } from './ledger.ts';
import { migrateCommand } from './migrate.ts';
import { outboxCommand } from './outbox.ts';
import { registerCommands } from './registers.ts';
import { requestCommands } from './requests.ts';
import { restoreCommands } from './restore.ts';
import { retentionCommands } from './retention.ts';
import type { Terminal } from './terminal.ts';

/** Every command but `serve`. */
export function addCommands(program: Command, terminal: Terminal): void {
  migrateCommand(program, terminal);
  demoCommand(program, terminal);
  accountCommands(program, terminal);
  importCommands(program, terminal);
  exportCommand(program, terminal);
  ledgerCommands(program, terminal);
  keyCommands(program, terminal);
  outboxCommand(program, terminal);
  holdCommands(program, terminal);
  retentionCommands(program, terminal);
  restoreCommands(program, terminal);
  activityCommands(program, terminal);
  registerCommands(program, terminal);
  requestCommands(program, terminal);
  contactCommands(program, terminal);
}
