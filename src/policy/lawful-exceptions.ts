/** Under which exceptions something may leave outside the tools, and the words for it (CS-02, CS-14, CS-37, CS-38). */
export const exceptionCodes = {
  legal_process: 'required by law or legal process',
  ca_policy: 'required by the rules for certificate authorities',
  public_directory: 'published in a public directory, as the certificate authority demands',
  processor: 'handed to a service provider under an agreement',
  verification_link: 'shown to who opened a verification link',
} as const;

export type ExceptionCode = keyof typeof exceptionCodes;
