import { z } from 'zod';
import { defineTool } from '../disclosure/tool.ts';
import { services } from '../policy/classes.ts';
import { notice } from '../policy/fields/notice.ts';
import { noticeSectionNames } from '../policy/notices/section.ts';

export const getPrivacyNotice = defineTool({
  name: 'get_privacy_notice',
  title: 'Privacy notice',
  description: 'The privacy notice of a service as it holds now, as a whole or one section of it, and where to turn.',
  scope: null,
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    service: z.enum(services).describe('Whose notice.'),
    section: z.enum(noticeSectionNames).optional().describe('Only this section.'),
  }),
  output: notice.pick({ title: true, effective_date: true, sections: true, contact: true }),
  run: async ({ installation }, { service, section }) => {
    if (!installation.services.includes(service)) return null;
    const published = await installation.noticeOf(service);
    const sections = published?.notice.sections.filter((each) => section === undefined || each.section === section) ?? [];
    if (published === null || sections.length === 0) return null;
    return {
      title: published.notice.title,
      effective_date: published.effectiveOn,
      sections: sections.map((each) => ({ section: each.section, text: each.paragraphs.join('\n') })),
      contact: published.notice.contact,
    };
  },
});
