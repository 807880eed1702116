export const requestKinds = [
  'access',
  'rectification',
  'erasure',
  'restriction',
  'portability',
  'objection',
  'deactivation',
  'complaint_help',
] as const;
export type RequestKind = (typeof requestKinds)[number];

export const requestStatuses = [
  'awaiting_confirmation',
  'identity_check',
  'in_progress',
  'done',
  'refused',
  'withdrawn',
  'lapsed',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export const requestNextSteps = ['confirm_in_dashboard', 'wait', 'download_in_dashboard', 'none'] as const;
export type RequestNextStep = (typeof requestNextSteps)[number];

/** How a request came. What comes by post, e-mail or phone is filed by staff (CS-28, CF-24). */
export const requestChannels = ['assistant', 'dashboard', 'contact', 'post', 'email', 'phone'] as const;
export type RequestChannel = (typeof requestChannels)[number];
export const staffChannels = ['post', 'email', 'phone'] as const satisfies readonly RequestChannel[];
export type StaffChannel = (typeof staffChannels)[number];

/** Where a status may go. Who is signed in has proved who they are; what staff file is checked first (CS-48). */
export const transitions: Readonly<Record<RequestStatus, readonly RequestStatus[]>> = {
  awaiting_confirmation: ['in_progress', 'withdrawn', 'lapsed', 'refused'],
  identity_check: ['in_progress', 'withdrawn', 'refused'],
  in_progress: ['done', 'refused', 'withdrawn'],
  done: ['withdrawn'],
  refused: [],
  withdrawn: [],
  lapsed: [],
};

/** A person takes back what hasn't begun; and a restriction or an objection at any time, which lifts it. */
export function mayWithdraw(kind: RequestKind, status: RequestStatus): boolean {
  if (!transitions[status].includes('withdrawn')) return false;
  if (status === 'awaiting_confirmation' || status === 'identity_check') return true;
  return kind === 'restriction' || kind === 'objection';
}

export function nextStepOf(kind: RequestKind, status: RequestStatus): RequestNextStep {
  switch (status) {
    case 'awaiting_confirmation':
      return 'confirm_in_dashboard';
    case 'identity_check':
    case 'in_progress':
      return 'wait';
    case 'done':
      return kind === 'access' || kind === 'portability' ? 'download_in_dashboard' : 'none';
    case 'refused':
    case 'withdrawn':
    case 'lapsed':
      return 'none';
  }
}

/** Grounds of an erasure: one is required (CS-43). */
export const erasureGrounds = {
  no_longer_necessary: 'it is no longer necessary',
  consent_withdrawn: 'I withdraw my consent',
  unlawful: 'it is held unlawfully',
} as const;
export type ErasureGround = keyof typeof erasureGrounds;

export const refusalReasons = {
  identity_not_proved: 'We could not make sure that the request comes from the person whose data it is about.',
  not_held: 'We hold no data that the request could be about.',
  kept_by_law: 'A law or a rule of certificate authorities obliges us to keep this data.',
  rights_of_others: 'Carrying it out would harm the rights of other people.',
  unfounded: 'The request is manifestly unfounded or was made over and over.',
  compelling_grounds: 'We have compelling grounds to go on with this processing, and will name them if you ask.',
} as const;
export type RefusalReason = keyof typeof refusalReasons;

/** Where the person lives, as far as the rights depend on it (CS-40, CF-23). */
export const regions = { eea: 'European Economic Area', switzerland: 'Switzerland', uk: 'United Kingdom', other: 'Elsewhere' } as const;
export type Region = keyof typeof regions;
export const regionNames = Object.keys(regions) as [Region, ...Region[]];

export function isRegion(text: string | null): text is Region {
  return text !== null && Object.hasOwn(regions, text);
}

/** The rights that a region's law names; everyone has at least those of CS-27 to CS-29, and nobody is refused one for where they live. */
export function rightsNamedIn(region: Region): readonly RequestKind[] {
  return region === 'other' ? ['access', 'rectification', 'erasure', 'deactivation'] : requestKinds;
}

/** What stays after an erasure, and why; `promise` is the one that keeps it, `until` null where no day can be told. */
export interface Kept {
  readonly category: string;
  readonly reason: KeptReason;
  readonly promise: string | null;
  readonly until: string | null;
}

/** What was done about a request and what stays, as it is kept and shown. */
export interface RequestOutcome {
  readonly erased?: readonly string[];
  readonly kept?: readonly Kept[];
  readonly appsRevoked?: number;
  readonly accountClosed?: boolean;
  readonly stopped?: readonly string[];
  /** Objected to, but not stopped, or not wholly. */
  readonly goesOn?: readonly string[];
  readonly corrected?: readonly string[];
  readonly authorities?: readonly string[];
}

export const keptReasons = {
  tax_law: 'Tax law obliges us to keep records of payments.',
  legal_hold: 'A legal claim or order forbids us to delete it for now. It is deleted once that ends.',
  needed_for_service: 'The service can’t run without it. Erase the whole service to have it deleted.',
  shared: 'It belongs to the other service that you use as well. It goes with the last service, or before when its own period is over.',
  record_of_rights: 'It shows what you asked for and what we did about it.',
} as const;
export type KeptReason = keyof typeof keptReasons;
export const keptReasonNames = Object.keys(keptReasons) as [KeptReason, ...KeptReason[]];
