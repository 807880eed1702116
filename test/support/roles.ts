import { inject } from 'vitest';
import type { RoleNames } from '../../src/store/engine/role-names.ts';

/** The roles of every test database. */
export const roles: RoleNames = inject('databases').roles;
export const { reader: readerRole, ledger: ledgerRole, grants: grantsRole, tools: toolsRole } = roles;
