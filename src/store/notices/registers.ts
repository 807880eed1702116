import { and, asc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { services, type Service } from '../../policy/classes.ts';
import type { Day } from '../../words/dates.ts';
import type { Processor, Transfer } from '../../policy/notices/section.ts';
import { processingPurposeNames, transferSafeguards, type TransferSafeguard } from '../../policy/processing.ts';
import type { Orm } from '../engine/db.ts';
import { processors, transfers } from '../schema/index.ts';

const safeguards = Object.keys(transferSafeguards) as [TransferSafeguard, ...TransferSafeguard[]];
const processor = z.strictObject({
  service: z.enum(services),
  name: z.string(),
  purpose: z.enum(processingPurposeNames),
  country: z.string(),
  agreementOn: z.string(),
});
const transfer = z.strictObject({ service: z.enum(services), channel: z.string(), country: z.string(), safeguard: z.enum(safeguards) });

export interface Registers {
  readonly processors: readonly Processor[];
  readonly transfers: readonly Transfer[];
}

/** The processors and transfers of today, in an order that doesn't change by itself. */
export async function registersOf({ orm }: { orm: Orm }): Promise<Registers> {
  const named = await orm
    .select({
      service: processors.service,
      name: processors.name,
      purpose: processors.purpose,
      country: processors.country,
      agreementOn: processors.agreementOn,
    })
    .from(processors)
    .where(isNull(processors.endedOn))
    .orderBy(asc(processors.service), asc(processors.name));
  const moved = await orm
    .select({ service: transfers.service, channel: transfers.channel, country: transfers.country, safeguard: transfers.safeguard })
    .from(transfers)
    .where(isNull(transfers.endedOn))
    .orderBy(asc(transfers.service), asc(transfers.channel), asc(transfers.country));
  return { processors: z.array(processor).parse(named), transfers: z.array(transfer).parse(moved) };
}

/** A provider of this name gets a new row; the one that stood ends. */
export async function recordProcessor({ orm, ...row }: Processor & { orm: Orm; today: Day }): Promise<void> {
  const { today, ...values } = row;
  await orm.transaction(async (tx) => {
    await endProcessor({ orm: tx, service: values.service, name: values.name, today });
    await tx.insert(processors).values(values);
  });
}

/** From now on it gets no data. False when none of this name stands. */
export async function endProcessor({
  orm,
  service,
  name,
  today,
}: {
  orm: Orm;
  service: Service;
  name: string;
  today: Day;
}): Promise<boolean> {
  const standing = and(eq(processors.service, service), eq(processors.name, name), isNull(processors.endedOn));
  return (await orm.update(processors).set({ endedOn: today }).where(standing).returning({ id: processors.id })).length > 0;
}

/** The same channel and country once: the one that stood ends. */
export async function recordTransfer({ orm, today, ...values }: Transfer & { orm: Orm; today: Day }): Promise<void> {
  await orm.transaction(async (tx) => {
    await endTransfer({ orm: tx, ...values, today });
    await tx.insert(transfers).values(values);
  });
}

export interface EndedTransfer extends Pick<Transfer, 'service' | 'channel' | 'country'> {
  readonly orm: Orm;
  readonly today: Day;
}

/** False when there is no such transfer. */
export async function endTransfer({ orm, service, channel, country, today }: EndedTransfer): Promise<boolean> {
  const standing = and(
    eq(transfers.service, service),
    eq(transfers.channel, channel),
    eq(transfers.country, country),
    isNull(transfers.endedOn),
  );
  return (await orm.update(transfers).set({ endedOn: today }).where(standing).returning({ id: transfers.id })).length > 0;
}
