import type { GuardKind } from './field.ts';
import { runsOf, unescaped, type Run } from './encodings.ts';

/** What the guard looks for; `allows` of a field may name only those of GuardKind. */
export type ShapeKind = GuardKind | 'uuid' | 'verification_link' | 'password_hash' | 'payment_reference' | 'private_key' | 'token';

/** A number that is no address: words that stand before one with dots. */
const noAddress = '[\\d.vV§]|(?:version|release|section|chapter|clause|module|lesson|unit|v\\.|§) ';
const octet = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`;

/** Each pattern starts at a rare literal, so that clean text costs next to nothing; repeats are bounded. */
const shapes: Readonly<Record<ShapeKind, RegExp>> = {
  uuid: /-(?<=[0-9a-f]{8}-)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i,
  verification_link: /\/v\/(?=[\w-]{16})/,
  email: /@(?<=[\p{L}\p{N}._%+-]@)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/u,
  ipv4: new RegExp(String.raw`\.(?<=(?<!${noAddress})${octet}\.)${octet}\.${octet}\.${octet}(?![\d]|\.\d)`, 'i'),
  ipv6: /:(?<=(?<![0-9a-f:])[0-9a-f]{1,4}:)(?:[0-9a-f]{1,4}:){6}[0-9a-f]{1,4}(?![0-9a-f:])|::(?<=(?<![0-9a-z:])[0-9a-f]{4}(?::[0-9a-f]{1,4}){0,6}::)(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}(?![0-9a-z:])/i,
  password_hash: /\$(?:argon2(?:id|i|d)|2[abxy]|scrypt|pbkdf2(?:-\w{1,10})?|[156y]\$[./\w=,$]{4,40})\$(?=[./\w=,-]{2})/i,
  payment_reference:
    /_(?<=(?<![a-z0-9])(?:sk|rk|pk|whsec|acct|cus|ch|pi|pm|py|re|in|ii|sub|si|txn|seti|card|src|tok|evt|price|prod)_)(?:(?:live|test)_)?(?=[a-z]{0,40}[A-Z0-9])[a-zA-Z0-9]{14,}/,
  private_key: /-----(?:BEGIN|END) [A-Z0-9 ]{0,30}(?:PRIVATE KEY|CERTIFICATE REQUEST)(?: BLOCK)?-----/,
  token: /eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}|Bearer (?=\S{20})|otpauth:\/\//,
};

const kinds = Object.keys(shapes) as ShapeKind[];
export const removed = '[removed]';

/** The never-sent shapes that occur in a text, as it stands or in one of the encodings that `encodings.ts` undoes. */
export function shapesIn(text: string): ShapeKind[] {
  const plain = unescaped(text);
  const found = new Set(plainShapes(text));
  if (plain !== text) for (const kind of plainShapes(plain)) found.add(kind);
  for (const run of runsOf(plain)) for (const kind of shapesOfRun(run)) found.add(kind);
  return [...found];
}

/** The text with every never-sent shape replaced by `[removed]`; as a whole where the shape hides in percent-encoding. */
export function withoutShapes(text: string): string {
  const shown = kinds.reduce((rest, kind) => rest.replace(wholeShape(kind), removed), text);
  const hidden = runsOf(shown).filter((run) => shapesOfRun(run).length > 0);
  const cleaned = hidden.reduce((rest, run) => rest.replaceAll(run.text, removed), shown);
  return shapesIn(cleaned).length === 0 ? cleaned : removed;
}

function plainShapes(text: string): ShapeKind[] {
  return kinds.filter((kind) => shapes[kind].test(text));
}

function shapesOfRun({ text, plain }: Run): ShapeKind[] {
  return [...codesIn(text), ...plain.flatMap((each) => [...plainShapes(unescaped(each)), ...codesIn(each)])];
}

/** Shapes without a rare literal, looked for in long runs only: a UUID (of random bits) without its dashes, and an opaque token. */
function codesIn(text: string): ShapeKind[] {
  const isUuid = /(?<![0-9a-z])[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-z])/i.test(text);
  const isToken = text.length >= tokenLength && text.split(/[^\w-]+/).some(isOpaque);
  return [...(isUuid ? ['uuid' as const] : []), ...(isToken ? ['token' as const] : [])];
}

const tokenLength = 43;

/** 256 random bits in base64url, as tokens and one-time links carry them: words joined by dashes change their kind of letter far less often. */
function isOpaque(text: string): boolean {
  if (text.length < tokenLength) return false;
  const changes = text.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
  return changes * 3 > text.length && /[A-Z]/.test(text) && /[0-9]/.test(text);
}

/** How a secret goes on after the part that gives it away, where that is more than one word. */
const tails: Partial<Record<ShapeKind, string>> = { password_hash: String.raw`\S{0,500}`, private_key: String.raw`[\s\S]{0,4000}` };

/** A shape's pattern begins inside it (at the rare literal): this one takes what stands before the literal and after the match too. */
function wholeShape(kind: ShapeKind): RegExp {
  const { source, flags } = shapes[kind];
  const tail = tails[kind] ?? String.raw`[\w.~=/+-]{0,2000}`;
  return new RegExp(`[\\p{L}\\p{N}._%+:-]{0,64}(?:${source})${tail}`, flags.includes('i') ? 'giu' : 'gu');
}
