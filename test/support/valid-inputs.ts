import type { ConnectedApp } from './connect.ts';
import { rowsOf, type Row } from './pages.ts';

/** For each tool that needs arguments, arguments that are answered for Ada of the demo. */
export async function validInputs(app: Pick<ConnectedApp, 'call'>): Promise<Record<string, Row>> {
  const [certificate] = rowsOf(await app.call('search_certificates', { limit: 1 }), 'certificates');
  const [recipient] = rowsOf(await app.call('search_recipients', { limit: 1 }), 'recipients');
  const [list] = rowsOf(await app.call('list_certificate_lists', { limit: 1 }), 'lists');
  const filed = await app.call('file_privacy_request', { kind: 'access', service: 'certfusion' });
  return {
    get_certificate_summary: { certificate: certificate?.['certificate'] },
    get_recipient_summary: { recipient: recipient?.['recipient'] },
    get_issuance_stats: { period: 'year' },
    get_verification_activity: { list: list?.['list'], months: 12 },
    get_tls_certificate_summary: { domain: 'www.academy.example' },
    get_tls_expiry_report: { within_days: 400 },
    get_privacy_notice: { service: 'certfusion' },
    file_privacy_request: { kind: 'erasure', service: 'certumssl', categories: ['support'] },
    cancel_privacy_request: { request: filed.structured?.['request'] },
    set_marketing_opt_out: { service: 'certumssl' },
    get_domain_contact_privacy: { domain: 'shop.academy.example' },
  };
}
