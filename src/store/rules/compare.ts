/** What the policy expects and the database lacks, and the other way round, one line each. */
export function compare(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const missing = expected.filter((each) => !found.includes(each)).map((each) => `${what} ${each} is missing`);
  const surplus = found.filter((each) => !expected.includes(each)).map((each) => `${what} ${each} is not in the policy`);
  return [...missing, ...surplus];
}
