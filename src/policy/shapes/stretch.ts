/** A part of a text. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const wordSigns = new Set(Array.from('._%+:~=/-', (each) => each.charCodeAt(0)));

/** The stretch and what hangs on it without a blank: at most 64 characters before it, all that come after. */
export function widened(text: string, { from, to }: Stretch): Stretch {
  let [start, end] = [from, to];
  while (start > 0 && from - start < 64 && isOfWord(text.charCodeAt(start - 1)) && text.charCodeAt(start - 1) !== 47) start -= 1;
  while (end < text.length && isOfWord(text.charCodeAt(end)) && text.charCodeAt(end) !== 58) end += 1;
  return { from: start, to: end };
}

function isOfWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || wordSigns.has(code);
}
