/** Postgres gives a definition back with its own blanks, parentheses, casts and lists: its names, values and comparisons stay the same. */
export function wordsOf(definition: string): string {
  const plain = definition
    .toLowerCase()
    .replace('create or replace', 'create')
    .replace(/ not valid$/, '')
    .replaceAll('"', '')
    .replaceAll(/::[a-z_]+( varying| with(out)? time zone)?(\[\])?/g, '')
    .replaceAll(/\b\w+\.(?=\w)/g, '');
  const words = plain.match(/'[^']*'|\w+|<>|<@|>=|<=|<|>/g) ?? [];
  return [...new Set(words)]
    .filter((word) => !['in', 'any', 'array'].includes(word))
    .toSorted()
    .join(' ');
}
