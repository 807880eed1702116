import type { Hono } from 'hono';
import type { Logger } from '../log.ts';
import type { OAuth } from '../oauth/oauth.ts';
import type { Clock } from '../policy/dates.ts';
import { fieldLabelsOf } from '../policy/fields.ts';
import { makeFrame } from './frame.tsx';
import type { WebEnv } from './http.ts';
import { passwordPages } from './password.tsx';
import { makeWebSessions } from './session.ts';
import { signInPages } from './sign-in.tsx';

export interface PagesDependencies {
  readonly oauth: OAuth;
  readonly clock: Clock;
  readonly log: Logger;
}

/** All pages. */
export function makePages({ oauth, clock, log }: PagesDependencies): Hono<WebEnv> {
  const sessions = makeWebSessions({ oauth, clock });
  const pages = makeFrame({ publicUrl: oauth.publicUrl, log });
  pages.route('/', signInPages({ oauth, sessions, fieldLabelsOf }));
  pages.route('/', passwordPages({ oauth }));
  return pages;
}
