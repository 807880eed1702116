import type { Hono } from 'hono';
import { promiseResults } from '../build.ts';
import type { Logger } from '../log.ts';
import type { OAuth } from '../oauth/oauth.ts';
import type { Service } from '../policy/classes.ts';
import type { Clock } from '../policy/dates.ts';
import type { Rights } from '../rights/requests.ts';
import { fieldLabelsOf } from '../policy/fields.ts';
import type { OperatorPeriods } from '../policy/retention.ts';
import type { PurposeKey, PurposeKeys } from '../store/purpose-keys.ts';
import { accountChanges } from './account-changes.ts';
import { accountPage } from './account.tsx';
import { apiRoutes } from './api.ts';
import { appChanges } from './app-changes.ts';
import { appPage } from './app.tsx';
import { appsPage } from './apps.tsx';
import { certificatePage } from './certificate.tsx';
import { consentRecordFile } from './consent-record.tsx';
import { contactPages } from './contact.tsx';
import { dataPages } from './data.tsx';
import { disclosuresPage } from './disclosures.tsx';
import { domainPages } from './domains.tsx';
import { exportRoutes } from './export.ts';
import { makeFrame } from './frame.tsx';
import { homePage } from './home.tsx';
import type { WebEnv } from './http.ts';
import { listPages } from './lists.tsx';
import { refuseOtherMethods } from './methods.ts';
import { promisesPage } from './promises.tsx';
import { noticePages } from './notice.tsx';
import type { OwnerDeps } from './owner.ts';
import { pageBudget } from './page-budget.ts';
import { requestsApi } from './requests-api.ts';
import { requestPages } from './requests.tsx';
import { passwordPages } from './password.tsx';
import { makeWebSessions } from './session.ts';
import { signInPages } from './sign-in.tsx';
import { verifyPages } from './verify.tsx';

export interface PagesDependencies extends OwnerDeps {
  readonly oauth: OAuth;
  readonly services: readonly Service[];
  readonly keys: Pick<PurposeKeys, 'columns'>;
  readonly ledgerKeys: readonly PurposeKey[];
  readonly rights: Rights;
  readonly retention: OperatorPeriods;
  readonly clock: Clock;
  readonly log: Logger;
}

/** All pages, and the JSON endpoints of the dashboard. */
export function makePages({
  oauth,
  orm,
  handlesFor,
  keys,
  ledgerKeys,
  rights,
  retention,
  services,
  clock,
  log,
}: PagesDependencies): Hono<WebEnv> {
  const { publicUrl } = oauth;
  const sessions = makeWebSessions({ oauth, clock });
  const pages = makeFrame({ publicUrl, log });
  pages.use(pageBudget({ limits: oauth.limits, sessions }));
  pages.route('/', promisesPage({ sessions, results: promiseResults() }));
  pages.route('/', noticePages({ orm, sessions, services }));
  pages.route('/', homePage({ publicUrl, sessions }));
  pages.route('/', signInPages({ oauth, sessions, fieldLabelsOf }));
  pages.route('/', passwordPages({ oauth }));
  pages.route('/', appsPage({ oauth, sessions, orm, handlesFor }));
  pages.route('/', appChanges({ oauth, sessions, orm, handlesFor }));
  pages.route('/', appPage({ sessions, orm, handlesFor }));
  pages.route('/', consentRecordFile({ sessions, orm, handlesFor }));
  pages.route('/', disclosuresPage({ sessions, orm, handlesFor, clock, ledgerKeys, retention, log }));
  if (oauth.scopes.includes('certificates:read')) {
    pages.route('/', certificatePage({ publicUrl, sessions, orm, handlesFor, clock }));
    pages.route('/', listPages({ sessions, orm, handlesFor, clock }));
    pages.route('/', verifyPages({ publicUrl, orm, key: keys.columns, limits: oauth.limits, clock }));
  }
  if (oauth.scopes.includes('tls:contacts')) pages.route('/', domainPages({ sessions, orm, clock }));
  pages.route('/', requestPages({ rights, installed: services, sessions, orm, handlesFor }));
  pages.route('/', contactPages({ orm, clock, key: keys.columns, limits: oauth.limits, rights, sessions }));
  pages.route('/', accountPage({ oauth, sessions, orm, clock }));
  pages.route('/', accountChanges({ oauth, sessions, orm, clock }));
  pages.route('/', apiRoutes({ oauth, sessions, orm, handlesFor }));
  pages.route('/', requestsApi({ rights, sessions, orm, handlesFor }));
  pages.route('/', dataPages({ sessions, orm, clock, services, retention }));
  pages.route('/', exportRoutes({ sessions, orm, handlesFor, key: keys.columns, clock, log }));
  refuseOtherMethods(pages);
  return pages;
}
