import { customType, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Binary data; both drivers hand over a Uint8Array. */
export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** Text that sorts by code point, the same on every machine; for search and order keys. */
export const key = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** An instant in UTC to the millisecond, so that it survives a JavaScript Date. */
export const instant = <Name extends string>(name: Name) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

export const id = () => uuid('id').primaryKey().defaultRandom();
