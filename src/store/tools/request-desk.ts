import { AppError } from '../../errors.ts';
import type { HeldCategoryName } from '../../policy/categories.ts';
import type { RequestKind, RequestStatus } from '../../policy/requests.ts';
import type { Parameter, Statement } from '../engine/db.ts';

export interface FiledRequestRow {
  request: string;
  kind: RequestKind;
  status: RequestStatus;
  received_on: string;
  due_on: string;
}

export interface NewRequest {
  readonly kind: RequestKind;
  readonly service: string;
  readonly categories: readonly string[] | null;
  readonly dueOn: string;
  readonly dueBy: string;
}

/** What an app may do about its person's privacy requests, bound to one bearer token: the database resolves it in the write's own transaction. */
export interface RequestDesk {
  /** Undefined when the person doesn't use the service. @throws AppError rate_limited when too many of the app's requests wait already */
  file(request: NewRequest): Promise<FiledRequestRow | undefined>;
  /** Undefined for one that isn't this app's, or doesn't wait any more. */
  cancel(request: string): Promise<{ request: string; status: RequestStatus } | undefined>;
  optOutOfMarketing(service: string): Promise<{ effective_on: string } | undefined>;
  heldData(): Promise<{ category: HeldCategoryName; held: boolean }[]>;
  /** Whether a legal hold keeps everything of the account. */
  isUnderHold(): Promise<boolean>;
}

export function requestDeskFor({ tools, digest, now }: { tools: Statement; digest: Uint8Array; now: Date }): RequestDesk {
  const call = async <Row>(name: string, ...given: Parameter[]): Promise<Row[]> => {
    const slots = given.map((_, index) => `, $${index + 3}`).join('');
    try {
      return await tools<Row>(`select * from certveil.${name}($1, $2${slots})`, [digest, now.toISOString(), ...given]);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'CV429') throw new AppError('rate_limited', error);
      throw error;
    }
  };
  return {
    file: async ({ kind, service, categories, dueOn, dueBy }) =>
      (await call<FiledRequestRow>('file_request', kind, service, categories, dueOn, dueBy))[0],
    cancel: async (request) => (await call<{ request: string; status: RequestStatus }>('cancel_request', request))[0],
    optOutOfMarketing: async (service) => (await call<{ effective_on: string }>('opt_out_of_marketing', service))[0],
    heldData: () => call('held_data'),
    isUnderHold: async () => (await call<{ held: boolean }>('under_hold'))[0]?.held ?? false,
  };
}
