import type { Scope } from '../scopes.ts';

export interface ReadPolicy {
  /** The scope without which the database itself gives no rows. */
  readonly scope: Scope;
  /** Result column → the columns that it is made of, as `table.column`. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}
