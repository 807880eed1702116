/** The titles of the tests in a file's text, as they are written: those of `it.each` with their placeholders. */
export function titlesIn(text: string): string[] {
  const found = text.matchAll(/(?:\bit\(|^\s*it\.each\([^)\n]*\)\(|^\s*\]?\)\()\s*'((?:[^'\\\n]|\\.)*)'|\]\)\(\s*'((?:[^'\\\n]|\\.)*)'/gm);
  return [...found].map(([, plain, each]) => plain ?? each ?? '');
}
