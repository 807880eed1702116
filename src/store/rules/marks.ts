import { tables } from '../../policy/tables/all.ts';
import type { Mark } from '../../policy/tables/table.ts';
import type * as schema from '../schema/index.ts';

type Named<T> = T extends { _: { name: infer Name extends string } } ? Name : never;
type ColumnNames<T> = T extends { _: { columns: infer Columns } } ? Named<Columns[keyof Columns]> : never;
type Table = (typeof schema)[keyof typeof schema];
type Marked = { readonly [T in Table as Named<T>]: { readonly columns: { readonly [Column in ColumnNames<T>]: Mark } } };

/** The policy's tables, checked by the compiler: a column without its two marks fails the build. */
export const marks = tables satisfies Marked;
