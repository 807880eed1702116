import { z } from 'zod';
import { domainInput } from '../disclosure/inputs.ts';
import { defineTool } from '../disclosure/tool.ts';
import { shownDomainKey } from '../policy/domains.ts';
import { domainPrivacy } from '../policy/fields/tls.ts';

const mostPeriods = 100;

export const getDomainContactPrivacy = defineTool({
  name: 'get_domain_contact_privacy',
  title: 'Domain contact privacy',
  description: `Whether a domain’s contacts are kept out of public directories, which fields are public (never their content), who requires it, and the latest ${mostPeriods} periods in which they were public. What was public cannot be recalled. Changed in the dashboard only.`,
  scope: 'tls:contacts',
  service: 'certumssl',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ domain: domainInput('The domain.') }),
  output: domainPrivacy.pick({
    domain: true,
    privacy_on: true,
    published_field_names: true,
    exposure_periods: true,
    recall_possible: true,
    required_by: true,
  }),
  run: async ({ reader }, { domain }) => {
    const row = await reader.domainContactPrivacy({ domain: shownDomainKey(domain) ?? '', mostPeriods });
    if (!row) return null;
    return {
      domain: row.domain,
      privacy_on: row.privacy_on,
      published_field_names: row.published_field_names,
      exposure_periods: row.exposures_started_on.map((started_on, at) => ({ started_on, ended_on: row.exposures_ended_on[at] || null })),
      recall_possible: false,
      required_by: row.required_by,
    };
  },
});
