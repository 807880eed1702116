import { shapesIn } from '../policy/shapes.ts';

/** Does a whole outgoing message hold a never-sent shape, the excused values aside? */
export function objectsTo(message: string, excused: ReadonlySet<string>): boolean {
  if (shapesIn(message).length === 0) return false;
  const rest = [...excused].reduce((text, value) => text.replaceAll(JSON.stringify(value), '""'), message);
  return shapesIn(rest).length > 0;
}
