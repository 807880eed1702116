import { z } from 'zod';
import { day, field, text, type FieldPolicy } from './field.ts';
import { noticeSectionNames } from '../notices/section.ts';

const noticeField = (id: string, label: string): FieldPolicy => ({ id: `notice.${id}`, dataClass: 'disclosure', scope: null, label });

export const notice = z.strictObject({
  title: field(text(), noticeField('title', 'the notice’s title')),
  effective_date: field(day(), noticeField('effective_date', 'since when it holds')),
  sections: field(
    z.array(
      z.strictObject({
        section: field(z.enum(noticeSectionNames), noticeField('sections.section', 'a section')),
        text: field(text(), { ...noticeField('sections.text', 'its text'), allows: ['email'] }),
      }),
    ),
    noticeField('sections', 'the sections'),
  ),
  contact: field(text(), { ...noticeField('contact', 'where to turn'), allows: ['email'] }),
});
