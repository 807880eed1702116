/** What somebody may write about, and whether they need a sign-in to (CS-25, CS-58). */
export const contactKinds = {
  security: { label: 'A security problem', signedOut: true },
  rights: { label: 'My rights, or somebody’s personal data', signedOut: true },
  under_18: { label: 'Data of somebody under 18', signedOut: true },
  question: { label: 'Something else', signedOut: false },
} as const satisfies Record<string, { label: string; signedOut: boolean }>;

export type ContactKind = keyof typeof contactKinds;

const contactKindNames = Object.keys(contactKinds) as ContactKind[];

export function contactKindsFor({ signedIn }: { readonly signedIn: boolean }): ContactKind[] {
  return contactKindNames.filter((kind) => signedIn || contactKinds[kind].signedOut);
}
