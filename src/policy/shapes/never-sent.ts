import { emailAround } from './email-address.ts';
import { runsOf } from './encodings.ts';
import type { GuardKind } from '../fields/field.ts';
import { ipv4At, ipv6At } from './network-addresses.ts';
import { cardAround, cardSign, numberAt, numberSign } from './number-shapes.ts';
import { internationalPhoneAt } from './phone-numbers.ts';
import { readingsOf } from './readings.ts';
import { bearerAt, hashAt, jwtAt, keyAt, linkAt, otpauthAt, paymentAt, paymentSign } from './secret-shapes.ts';
import { widened, type Stretch } from './stretch.ts';
import { nextUuid, undashedUuid, uuidAt } from './uuid.ts';

/** What the guard looks for; `allows` of a field may name only those of GuardKind. */
export type ShapeKind =
  | GuardKind
  | 'uuid'
  | 'verification_link'
  | 'password_hash'
  | 'payment_reference'
  | 'payment_card'
  | 'iban'
  | 'phone'
  | 'private_key'
  | 'token';

interface Shape extends Stretch {
  readonly kind: ShapeKind;
}

export const removed = '[removed]';

/**
 * The never-sent shapes that occur in a text, as it stands or in one of the encodings that are undone. `ownHost` is the host of
 * verification links; without it every host's count.
 */
export function shapesIn(text: string, ownHost: string | null = null): ShapeKind[] {
  return [...new Set(shapesOf(text, ownHost).map(({ kind }) => kind))];
}

/** The text with every never-sent shape, and what hangs on it without a blank, replaced by `[removed]`. */
export function withoutShapes(text: string, ownHost: string | null = null): string {
  const shapes = shapesOf(text, ownHost, { whole: true });
  if (shapes.length === 0) return text;
  const parts: string[] = [];
  let done = 0;
  for (const { from, to } of shapes.toSorted((a, b) => a.from - b.from)) {
    if (from >= done) parts.push(text.slice(done, from), removed);
    done = Math.max(done, to);
  }
  const rest = [...parts, text.slice(done)].join('');
  return shapesOf(rest, ownHost).length === 0 ? rest : removed;
}

function shapesOf(text: string, ownHost: string | null, { whole = false } = {}): Shape[] {
  return readingsOf(text).flatMap((reading) =>
    [...plainShapes(reading.text, ownHost, whole), ...hiddenShapes(reading.text, ownHost)].map(({ kind, from, to }) => ({
      kind,
      from: reading.from(from),
      to: reading.to(to - 1),
    })),
  );
}

interface Look {
  readonly kind: ShapeKind;
  /** What the shape can't be without; most texts have none. */
  readonly needs?: string;
  /** One character of it, with what its neighbours rule out at a glance, or where the next one is: clean text costs next to nothing. */
  readonly sign: RegExp | ((text: string, from: number) => number);
  /** What stands around the sign: a bounded stretch, or one that no other sign of its kind stands in, so that no text costs more than its length. */
  readonly stretchAt: (text: string, at: number, ownHost: string | null) => (Stretch & { readonly kind?: ShapeKind }) | null;
}

const looks: readonly Look[] = [
  { kind: 'uuid', sign: nextUuid, stretchAt: uuidAt },
  { kind: 'verification_link', needs: '/', sign: /\/(?=v\/)/gi, stretchAt: linkAt },
  { kind: 'email', needs: '@', sign: /@(?=[\p{L}\p{N}\p{M}])/gu, stretchAt: emailAround },
  { kind: 'ipv4', needs: '.', sign: /\.(?=\d{1,3}\.\d{1,3}\.\d)/g, stretchAt: ipv4At },
  { kind: 'ipv6', needs: ':', sign: /:(?=:|(?<=[0-9a-f]:)[0-9a-f])/gi, stretchAt: ipv6At },
  { kind: 'password_hash', needs: '$', sign: /\$(?=[a-z0-9])/gi, stretchAt: hashAt },
  { kind: 'payment_reference', needs: '_', sign: paymentSign, stretchAt: paymentAt },
  { kind: 'private_key', needs: '-----', sign: /-(?=(?:BEGIN|END) )/g, stretchAt: keyAt },
  { kind: 'token', needs: '.', sign: /\.(?=eyJ)/g, stretchAt: jwtAt },
  { kind: 'token', needs: 'Bearer ', sign: /B(?=earer )/g, stretchAt: bearerAt },
  { kind: 'token', needs: '/', sign: /:(?<=otpauth:)(?=\/\/)/gi, stretchAt: otpauthAt },
  { kind: 'phone', needs: '+', sign: /\+(?=[ (]{0,2}\d)/g, stretchAt: internationalPhoneAt },
  { kind: 'payment_card', sign: cardSign, stretchAt: cardAround },
  { kind: 'phone', sign: numberSign, stretchAt: numberAt },
];

/** `whole` takes along what hangs on a shape. */
function plainShapes(text: string, ownHost: string | null, whole: boolean): Shape[] {
  const found: Shape[] = [];
  for (const { kind, needs, sign, stretchAt } of looks) {
    if (needs !== undefined && !text.includes(needs)) continue;
    for (let at = nextSign(sign, text, 0), next = 0; at >= 0; at = nextSign(sign, text, next)) {
      next = at + 1;
      const stretch = stretchAt(text, at, ownHost);
      if (stretch === null) continue;
      const { from, to } = whole ? widened(text, stretch) : stretch;
      found.push({ kind: stretch.kind ?? kind, from, to });
      next = Math.max(next, to);
    }
  }
  return found;
}

function nextSign(sign: Look['sign'], text: string, from: number): number {
  if (typeof sign === 'function') return sign(text, from);
  sign.lastIndex = from;
  return sign.test(text) ? sign.lastIndex - 1 : -1;
}

/** Shapes in the runs of code characters, and in what those say in base64 or hex: such a run goes as a whole. */
function hiddenShapes(text: string, ownHost: string | null): Shape[] {
  return runsOf(text).flatMap((run) => {
    const inside = run.plain.flatMap((each) =>
      readingsOf(each).flatMap((reading) => [
        ...plainShapes(reading.text, ownHost, false).map(({ kind }) => kind),
        ...codesIn(reading.text),
      ]),
    );
    return [...new Set([...codesIn(run.text), ...inside])].map((kind) => ({ kind, from: run.from, to: run.from + run.text.length }));
  });
}

/** Shapes without a rare sign, looked for in long runs only: a UUID without its dashes, and an opaque token. */
function codesIn(text: string): ShapeKind[] {
  const isToken = text.length >= tokenLength && text.split(/[^\w-]+/).some(isOpaque);
  return [...(undashedUuid.test(text) ? ['uuid' as const] : []), ...(isToken ? ['token' as const] : [])];
}

const tokenLength = 43;

/** 256 random bits in base64url, as tokens and one-time links carry them: words joined by dashes change their kind of letter far less often. A digest in hex is none. */
function isOpaque(text: string): boolean {
  if (text.length < tokenLength || /^(?:0x)?(?:[0-9A-F]+|[0-9a-f]+)$/.test(text)) return false;
  const changes = text.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
  return changes * 3 > text.length && /[A-Z]/.test(text) && /[0-9]/.test(text);
}
