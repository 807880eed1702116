/** A blank, or one of - . / ( ). */
export function isBetween(code: number): boolean {
  return code === 32 || code === 40 || code === 41 || (code >= 45 && code <= 47);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A letter or digit of ASCII. */
export function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

export function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
