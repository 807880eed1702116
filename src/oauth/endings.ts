/** A sign-in carries how often its account's were ended before it, as its `acr`: oidc-provider keeps that from the form to the session. No client asks for or sees one. */
export function acrOf(endings: number): string {
  return String(endings);
}

/** The count that a sign-in began with. */
export function endingsOf(acr: string | undefined): number {
  return Number(acr ?? 0);
}
