import type { AnyTool } from '../disclosure/tool.ts';
import type { Service } from '../policy/classes.ts';
import { cancelPrivacyRequest } from './cancel-privacy-request.ts';
import { confirmDataHeld } from './confirm-data-held.ts';
import { disconnectThisApp } from './disconnect-this-app.ts';
import { explainFieldPolicy } from './explain-field-policy.ts';
import { filePrivacyRequest } from './file-privacy-request.ts';
import { getAccountSummary } from './get-account-summary.ts';
import { getCertificateSummary } from './get-certificate-summary.ts';
import { getDisclosureHistory } from './get-disclosure-history.ts';
import { getDomainContactPrivacy } from './get-domain-contact-privacy.ts';
import { getIssuanceStats } from './get-issuance-stats.ts';
import { getPrivacyNotice } from './get-privacy-notice.ts';
import { getRecipientSummary } from './get-recipient-summary.ts';
import { getVerificationActivity } from './get-verification-activity.ts';
import { getRetentionSchedule } from './get-retention-schedule.ts';
import { getTlsCertificateSummary } from './get-tls-certificate-summary.ts';
import { getTlsExpiryReport } from './get-tls-expiry-report.ts';
import { listCertificateLists } from './list-certificate-lists.ts';
import { listConnectedApps } from './list-connected-apps.ts';
import { listPrivacyRequests } from './list-privacy-requests.ts';
import { listTlsCertificates } from './list-tls-certificates.ts';
import { listTlsOrders } from './list-tls-orders.ts';
import { searchCertificates } from './search-certificates.ts';
import { setMarketingOptOut } from './set-marketing-opt-out.ts';
import { searchRecipients } from './search-recipients.ts';

/** Every tool, in the order of `tools/list`. */
export const tools: readonly AnyTool[] = [
  getAccountSummary,
  listCertificateLists,
  searchCertificates,
  getCertificateSummary,
  getIssuanceStats,
  searchRecipients,
  getRecipientSummary,
  getVerificationActivity,
  listTlsCertificates,
  getTlsCertificateSummary,
  getTlsExpiryReport,
  listTlsOrders,
  getDomainContactPrivacy,
  listConnectedApps,
  getDisclosureHistory,
  disconnectThisApp,
  getPrivacyNotice,
  explainFieldPolicy,
  confirmDataHeld,
  getRetentionSchedule,
  filePrivacyRequest,
  listPrivacyRequests,
  cancelPrivacyRequest,
  setMarketingOptOut,
];

/** The tools of an installation: a service that it doesn't run has none. */
export function toolsOf(installed: readonly Service[]): readonly AnyTool[] {
  return tools.filter(({ service }) => service === null || installed.includes(service));
}
