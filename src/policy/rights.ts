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
