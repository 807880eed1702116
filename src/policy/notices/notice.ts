import type { Service } from '../classes.ts';
import type { Day } from '../../words/dates.ts';
import { certfusionNotice } from './certfusion.ts';
import { certumsslNotice } from './certumssl.ts';
import type { Notice, NoticeFacts } from './section.ts';

/** The notices as the policy has them today. */
export const noticeOf: Readonly<Record<Service, (facts: NoticeFacts) => Notice>> = {
  certfusion: certfusionNotice,
  certumssl: certumsslNotice,
};

/** The day that the published notice itself names (CF-01); CertumSSL's names none, so its operator sets one. */
export const firstEffectiveOn: Readonly<Record<Service, Day | null>> = { certfusion: '2026-04-23', certumssl: null };
