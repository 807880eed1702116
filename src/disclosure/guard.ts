import type { GuardKind } from '../policy/field.ts';

/** What the guard looks for; `allows` of a field may name only those of GuardKind. */
export type ShapeKind = GuardKind | 'uuid' | 'password_hash' | 'payment_reference' | 'private_key' | 'token';

/** Each pattern starts at a rare literal, so that clean text costs next to nothing; repeats are bounded. */
const shapes: Readonly<Record<ShapeKind, RegExp>> = {
  uuid: /-(?<=[0-9a-f]{8}-)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i,
  email: /@(?<=[\p{L}\p{N}._%+-]@)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/u,
  ipv4: /\.(?<=(?<![\d.vV§]|version |v\. )(?:25[0-5]|2[0-4]\d|1?\d?\d)\.)(?:25[0-5]|2[0-4]\d|1?\d?\d)\.(?:25[0-5]|2[0-4]\d|1?\d?\d)\.(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d]|\.\d)/,
  ipv6: /:(?<=(?<![0-9a-f:])[0-9a-f]{1,4}:)(?:[0-9a-f]{1,4}:){6}[0-9a-f]{1,4}(?![0-9a-f:])|::(?<=(?<![0-9a-z])[0-9a-f]{1,4}::)(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}(?![0-9a-z:])/i,
  password_hash: /\$(?:argon2(?:id|i|d)|2[abxy]|scrypt|pbkdf2(?:-\w{1,10})?)\$/i,
  payment_reference: /_(?<=(?<![a-z0-9])(?:sk|rk|pk|whsec|cus|ch|pi|in|sub|txn|pm|seti|card)_)(?:(?:live|test)_)?[a-zA-Z0-9]{14,}/,
  private_key: /-----(?:BEGIN|END) [A-Z0-9 ]{0,30}(?:PRIVATE KEY|CERTIFICATE REQUEST)-----/,
  token: /eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}|Bearer (?=\S{20})/,
};

const kinds = Object.keys(shapes) as ShapeKind[];
export const removed = '[removed]';

/** The never-sent shapes that occur in a text. */
export function shapesIn(text: string): ShapeKind[] {
  const plain = decoded(text);
  return kinds.filter((kind) => shapes[kind].test(text) || (plain !== text && shapes[kind].test(plain)));
}

/** Does a whole outgoing message hold a never-sent shape, the excused values aside? */
export function objectsTo(message: string, excused: ReadonlySet<string>): boolean {
  if (shapesIn(message).length === 0) return false;
  const rest = [...excused].reduce((text, value) => text.replaceAll(JSON.stringify(value), '""'), message);
  return shapesIn(rest).length > 0;
}

/** The text with every never-sent shape replaced by `[removed]`; as a whole where the shape hides in an encoding. */
export function withoutShapes(text: string): string {
  const cleaned = kinds.reduce((rest, kind) => rest.replace(wholeShape(kind), removed), text);
  return shapesIn(cleaned).length === 0 ? cleaned : removed;
}

/** How a secret goes on after the part that gives it away, where that is more than one word. */
const tails: Partial<Record<ShapeKind, string>> = { password_hash: String.raw`\S{0,500}`, private_key: String.raw`[\s\S]{0,4000}` };

/** A shape's pattern begins inside it (at the rare literal): this one takes what stands before the literal and after the match too. */
function wholeShape(kind: ShapeKind): RegExp {
  const { source, flags } = shapes[kind];
  const tail = tails[kind] ?? String.raw`[\w.~=/+-]{0,2000}`;
  return new RegExp(`[\\p{L}\\p{N}._%+:-]{0,64}(?:${source})${tail}`, flags.includes('i') ? 'giu' : 'gu');
}

/** Percent-encoding and full-width letters undone, for looking only. (Not NFKC: it would make an address of a mask's ellipsis.) */
function decoded(text: string): string {
  const folded = text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  if (!folded.includes('%')) return folded;
  return folded.replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code < 128 ? String.fromCharCode(code) : whole;
  });
}
