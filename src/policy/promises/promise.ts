/** A promise that the software keeps: by what, and which tests show it besides those that have its id in their name. */
export interface KeptPromise {
  readonly says: string;
  /** An exported name: `policy/dates.ts#addMonths`, from `src`. */
  readonly rule: string;
  /** Whole names of tests. */
  readonly shownBy?: readonly string[];
}

/** A promise that no test of software can show, and what stands for it. */
export interface StatedPromise {
  readonly says: string;
  readonly stands: string;
}

export type PromisePolicy = KeptPromise | StatedPromise;
