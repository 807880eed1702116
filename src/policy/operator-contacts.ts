import type { Service } from './classes.ts';

interface Contact {
  readonly email: string;
  /** For data protection. */
  readonly dataProtection: string;
  readonly post: string | null;
}

/** Where people turn to (CF-24, CF-27, CS-28, CS-47, CS-57). */
export const contacts: Readonly<Record<Service, Contact>> = {
  certfusion: { email: 'hi@certfusion.com', dataProtection: 'hi@certfusion.com', post: null },
  certumssl: {
    email: 'support@certumssl.com',
    dataProtection: 'dpo@certumssl.com',
    post: 'No. 588 Laiyinda Road, 211112, Nanjing, China',
  },
};
