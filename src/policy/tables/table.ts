import type { DataClass } from '../classes.ts';
import type { RetentionClass } from '../retention.ts';

/** A column's two marks: may it leave, and how long is it kept. */
export type Mark = readonly [DataClass, RetentionClass];

export interface TablePolicy {
  /** The column that says whose row it is; null where rows belong to nobody. */
  readonly owner: string | null;
  /** May the tools' reader role select its disclosable and internal columns? */
  readonly read: boolean;
  readonly columns: Readonly<Record<string, Mark>>;
}
