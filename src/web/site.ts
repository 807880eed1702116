import type { Hono } from 'hono';
import { promiseResults } from '../build.ts';
import type { Logger } from '../watch/log.ts';
import type { OAuth } from '../oauth/oauth.ts';
import type { Service } from '../policy/classes.ts';
import type { Clock } from '../words/dates.ts';
import type { Rights } from '../rights/requests.ts';
import { fieldLabelsOf } from '../policy/fields/all.ts';
import type { OperatorPeriods } from '../policy/retention.ts';
import type { PurposeKey, PurposeKeys } from '../store/engine/purpose-keys.ts';
import { accountChanges } from './account/changes.ts';
import { accountPage } from './account/account.tsx';
import { apiRoutes } from './apps/api.ts';
import { appChanges } from './apps/changes.ts';
import { appPage } from './apps/app.tsx';
import { appsPage } from './apps/apps.tsx';
import { certificatePage } from './records/certificate.tsx';
import { consentRecordFile } from './apps/consent-record.tsx';
import { contactPages } from './public/contact.tsx';
import { dataPages } from './records/data.tsx';
import { disclosuresPage } from './disclosures/disclosures.tsx';
import { domainPages } from './records/domains.tsx';
import { exportRoutes } from './requests/export.ts';
import { makeFrame } from './shell/frame.tsx';
import { homePage } from './public/home.tsx';
import type { WebEnv } from './shell/http.ts';
import { listPages } from './records/lists.tsx';
import { refuseOtherMethods } from './shell/methods.ts';
import { promisesPage } from './public/promises.tsx';
import { noticePages } from './public/notice.tsx';
import type { OwnerDeps } from './shell/owner.ts';
import { pageBudget } from './shell/page-budget.ts';
import { requestsApi } from './requests/api.ts';
import { requestPages } from './requests/requests.tsx';
import { passwordPages } from './sign-in/password.tsx';
import { makeWebSessions } from './shell/session.ts';
import { signInPages } from './sign-in/sign-in.tsx';
import { verifyPages } from './verify/verify.tsx';

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
