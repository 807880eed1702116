import type { Service } from './classes.ts';

/** Every kind of mail. What isn't essential is for those who haven't asked to be left alone (CS-07). */
export const mailKinds = {
  password_first: { essential: true, says: 'a link to set the first password' },
  password_reset: { essential: true, says: 'a link to set a new password' },
  password_changed: { essential: true, says: 'the password was changed' },
  verification_link: { essential: true, says: 'a recipient’s new link to a certificate' },
  disclosed_outside: { essential: true, says: 'something about the account was disclosed outside the apps' },
  notice_changed: { essential: false, says: 'a privacy notice has changed; the page says so too' },
} as const satisfies Record<string, { essential: boolean; says: string }>;

export type MailKind = keyof typeof mailKinds;

/** A mail in plain words. Nothing that people wrote stands in it. */
export interface MailMessage {
  readonly kind: MailKind;
  readonly subject: string;
  readonly text: string;
}

interface Link {
  readonly publicUrl: string;
  readonly link: string;
  /** How long the link works, in words. */
  readonly within: string;
}

export function passwordFirstMail({ publicUrl, link, within }: Link): MailMessage {
  return {
    kind: 'password_first',
    subject: 'Set your password',
    text: paragraphs(publicUrl, [
      'An account was made for you. Open this link to set its password:',
      link,
      `It works once, within ${within}. If it has stopped working, ask for a new one here:`,
      `${publicUrl}/password/reset`,
    ]),
  };
}

export function passwordResetMail({ publicUrl, link, within }: Link): MailMessage {
  return {
    kind: 'password_reset',
    subject: 'Set a new password',
    text: paragraphs(publicUrl, [
      'Somebody, we hope you, asked for a new password for your account. Open this link to set it:',
      link,
      `It works once, within ${within}. When you set a new password, every sign-in ends.`,
      'If it wasn’t you, do nothing. Your password stays as it is.',
    ]),
  };
}

export function passwordChangedMail({ publicUrl }: Pick<Link, 'publicUrl'>): MailMessage {
  return {
    kind: 'password_changed',
    subject: 'Your password was changed',
    text: paragraphs(publicUrl, [
      'The password of your account was just changed, and other sign-ins have ended.',
      'If it wasn’t you, set a new one at once, and look at the apps that are connected:',
      `${publicUrl}/password/reset`,
      `${publicUrl}/dashboard`,
    ]),
  };
}

/** To a recipient, who may not know this server. */
export function verificationLinkMail({ publicUrl, link }: Pick<Link, 'publicUrl' | 'link'>): MailMessage {
  return {
    kind: 'verification_link',
    subject: 'The new link to your certificate',
    text: paragraphs(publicUrl, [
      'Somebody, we hope you, asked for a new link to a certificate that was issued to you. This is it:',
      link,
      'The link from before has stopped working. Whoever should still see the certificate needs the new one: give it to nobody else.',
      'If it wasn’t you, somebody had the link from before, and can’t open the certificate any more.',
    ]),
  };
}

/** CS-39: reasonable steps to tell the person. To whom and what stands on the dashboard. */
export function disclosedOutsideMail({ publicUrl }: Pick<Link, 'publicUrl'>): MailMessage {
  return {
    kind: 'disclosed_outside',
    subject: 'Something about your account was disclosed',
    text: paragraphs(publicUrl, [
      'We disclosed something about your account to somebody outside, as our privacy notice says we may. Sign in to see to whom, which fields and why:',
      `${publicUrl}/dashboard/disclosures`,
    ]),
  };
}

export function noticeChangedMail({ publicUrl, service }: Pick<Link, 'publicUrl'> & { readonly service: Service }): MailMessage {
  return {
    kind: 'notice_changed',
    subject: 'Our privacy notice has changed',
    text: paragraphs(publicUrl, [
      'There is a new version of our privacy notice, with the day from which it holds:',
      `${publicUrl}/privacy/${service}`,
      'You can end mails like this one here:',
      `${publicUrl}/dashboard/account`,
    ]),
  };
}

function paragraphs(publicUrl: string, lines: readonly string[]): string {
  return `${[...lines, `Certveil, ${publicUrl}`].join('\n\n')}\n`;
}

/** How long a message is tried, in minutes after each failure; after the last it is given up. */
const waits = [1, 2, 5, 15, 30, 60, 120, 240, 480, 720] as const;

/** When to try again after so many attempts; null for no more. */
export function nextAttempt(now: Date, attempts: number): Date | null {
  const minutes = waits[attempts - 1];
  return minutes === undefined ? null : new Date(now.getTime() + minutes * 60_000);
}
