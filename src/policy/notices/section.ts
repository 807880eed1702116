import { z } from 'zod';
import { services, type Service } from '../classes.ts';
import type { Day } from '../../words/dates.ts';
import type { ProcessingPurposeName, TransferSafeguard } from '../processing.ts';
import type { OperatorPeriods } from '../retention.ts';

/** The sections of both notices, in their order; a notice may lack some. */
export const noticeSectionTitles = {
  scope: 'What this notice covers',
  collected: 'What is collected',
  purposes: 'What it is used for, and on which legal basis',
  ai_apps: 'AI assistants that you connect',
  never_sent: 'What an AI assistant never gets',
  verification_links: 'Verification links',
  domain_contacts: 'Domain contacts in public directories',
  cookies: 'Cookies, statistics and protocol data',
  sharing: 'Who else gets data',
  transfers: 'Data in other countries',
  security: 'How it is protected',
  retention: 'How long it is kept',
  rights: 'Your rights',
  complaints: 'Where to complain',
  children: 'People under 18',
  changes: 'Changes of this notice',
  contact: 'Contact',
} as const;
export type NoticeSectionName = keyof typeof noticeSectionTitles;
export const noticeSectionNames = Object.keys(noticeSectionTitles) as [NoticeSectionName, ...NoticeSectionName[]];

/** A notice as it is shown and kept: paragraphs are a sentence or more each, `contact` is where to turn. */
export const noticeSchema = z.strictObject({
  service: z.enum(services),
  title: z.string(),
  contact: z.string(),
  sections: z.array(z.strictObject({ section: z.enum(noticeSectionNames), paragraphs: z.array(z.string()) })),
});
export type Notice = Readonly<z.output<typeof noticeSchema>>;
export type NoticeSection = Notice['sections'][number];

/** A service provider under an agreement on confidentiality (CF-07). */
export interface Processor {
  readonly service: Service;
  readonly name: string;
  readonly purpose: ProcessingPurposeName;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  readonly agreementOn: Day;
}

export interface Transfer {
  readonly service: Service;
  /** Through what the data gets there: support, hosting, … */
  readonly channel: string;
  readonly country: string;
  readonly safeguard: TransferSafeguard;
}

/** What a notice says that the operator decides. */
export interface NoticeFacts {
  /** Postal address of the operator (CS-60); null until it is set. */
  readonly operatorAddress: string | null;
  readonly processors: readonly Processor[];
  readonly transfers: readonly Transfer[];
  /** How long the operator keeps what no notice promises. */
  readonly retention: OperatorPeriods;
}

const countryNames = new Intl.DisplayNames(['en-GB'], { type: 'region', fallback: 'none' });

/** The name of a country by its two letters; undefined where there is none. */
export function countryName(country: string): string | undefined {
  return /^[A-Z]{2}$/.test(country) ? countryNames.of(country) : undefined;
}
