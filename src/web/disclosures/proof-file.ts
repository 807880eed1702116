import type { Handles } from '../../disclosure/handles.ts';
import { dayOf, type Clock } from '../../words/dates.ts';
import { howToCheck, type LedgerProof, type LedgerPublicKey, type ProvenHead } from '../../policy/ledger-proof.ts';
import type { Orm } from '../../store/engine/db.ts';
import { firstHead, ledgerSigningKey, thumbprintOf, whoseOutside, whoseTold } from '../../store/ledger/chain.ts';
import { headsOfDay, ledgerDays, outsideOfDay, toldOfDay } from '../../store/ledger/proof.ts';
import type { PurposeKey } from '../../store/engine/purpose-keys.ts';

export interface ProofDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly ledgerKeys: readonly PurposeKey[];
}

interface Asked extends ProofDeps {
  readonly accountId: string;
  readonly handles: Handles;
}

/** The owner's rows with what it takes to check them, as JSON in pieces: a day of them in memory (`LedgerProof`). */
export async function* proofFile({ orm, clock, ledgerKeys, accountId, handles }: Asked): AsyncGenerator<string> {
  const today = dayOf(clock());
  const keys = new Map(ledgerKeys.map((key) => [key.id, publicKeyOf(key)]));
  const start: LedgerProof = { format: 'certveil-ledger-1', how: [...howToCheck], keys: [...keys.values()], heads: [] };
  yield JSON.stringify(start).replace(/\]\}$/, '');
  let separator = '\n';
  for (const day of await ledgerDays({ orm, accountId, today })) {
    for (const head of await headsOf({ orm, accountId, today, day, handles, keys })) {
      yield separator + JSON.stringify(head);
      separator = ',\n';
    }
  }
  yield ']}\n';
}

interface OfDay extends Pick<Asked, 'orm' | 'accountId' | 'handles'> {
  readonly today: string;
  readonly day: string;
  readonly keys: ReadonlyMap<string, LedgerPublicKey>;
}

type ProvenRow = ProvenHead['rows'][number];
type Unplaced<Row> = Row extends unknown ? Omit<Row, 'leaf'> : never;
type Placed = Readonly<{ place: string; row: Unplaced<ProvenRow> }>;

async function headsOf({ keys, ...query }: OfDay): Promise<ProvenHead[]> {
  const rows = new Map([...(await toldRows(query)), ...(await outsideRows(query))].map(({ place, row }) => [place, row]));
  return (await headsOfDay(query)).map((own) => ({
    before: own.before ?? firstHead.toString('hex'),
    leaves: [...own.leaves],
    head: own.head,
    signature: own.signature,
    key: keys.get(own.keyId)?.kid ?? 'unknown',
    signed_at: own.signedAt,
    rows: own.leaves.flatMap((_, leaf) => {
      const row = rows.get(placeOf(own.writerId, own.firstSeq + leaf));
      return row ? [{ ...row, leaf }] : [];
    }),
  }));
}

async function toldRows({ handles, ...query }: Omit<OfDay, 'keys'>): Promise<Placed[]> {
  return (await toldOfDay(query)).map(({ writer, seq, salt, account_id, app_id, grant_id, ...content }) => ({
    place: placeOf(writer, seq),
    row: {
      kind: 'tool',
      salt,
      whose: whoseTold(Buffer.from(salt, 'hex'), { account_id, app_id, grant_id }),
      app: handles.encode('app', app_id),
      ...content,
    },
  }));
}

async function outsideRows(query: Omit<OfDay, 'keys' | 'handles'>): Promise<Placed[]> {
  return (await outsideOfDay(query)).map(({ writer, seq, salt, account_id, gag_until, gag_reason, ...content }) => ({
    place: placeOf(writer, seq),
    row: { kind: 'outside', salt, whose: whoseOutside(Buffer.from(salt, 'hex'), { account_id, gag_until, gag_reason }), ...content },
  }));
}

function placeOf(writer: string, seq: number): string {
  return `${writer}:${seq}`;
}

function publicKeyOf(key: PurposeKey): LedgerPublicKey {
  const { x = '' } = ledgerSigningKey(key).publicKey.export({ format: 'jwk' });
  return { kid: thumbprintOf(x), kty: 'OKP', crv: 'Ed25519', x };
}
