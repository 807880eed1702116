import { shapesIn, type ShapeKind } from '../policy/shapes/never-sent.ts';

/** Values that carry a shape by their nature, and which kinds each may. */
export type Excused = ReadonlyMap<string, ReadonlySet<ShapeKind> | 'every kind'>;

/** Does a whole outgoing message (JSON) hold a never-sent shape, but for what its values are excused? One way through it where it's clean. */
export function objectsTo(message: string, excused: Excused, ownHost: string | null = null): boolean {
  return shapesIn(withoutEscapes(message), ownHost).length > 0 && isObjectionable(JSON.parse(message), excused, ownHost);
}

function isObjectionable(value: unknown, excused: Excused, ownHost: string | null): boolean {
  if (typeof value === 'string') {
    const may = excused.get(value);
    return may !== 'every kind' && shapesIn(value, ownHost).some((kind) => !may?.has(kind));
  }
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) => isObjectionable(key, excused, ownHost) || isObjectionable(each, excused, ownHost));
}

/** Quotes and controls as blanks, so that what stands before and after them is seen as in the values. */
function withoutEscapes(json: string): string {
  return json.includes('\\') ? json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (each) => (each === '\\\\' ? '\\' : ' ')) : json;
}
