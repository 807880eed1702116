import { z } from 'zod';
import { count, field, text, type FieldPolicy } from './field.ts';

export const statsPeriods = ['month', 'quarter', 'year'] as const;

const issuanceField = (id: string, label: string): FieldPolicy => ({
  id: `issuance.${id}`,
  dataClass: 'certificate',
  scope: 'certificates:read',
  label,
});

/** The owner's own counts of a month (`2026-11`), quarter (`2026-Q4`) or year (`2026`). */
export const issuance = z.strictObject({
  period: field(text().regex(/^\d{4}(-\d\d|-Q[1-4])?$/), issuanceField('period', 'months, quarters and years')),
  issued: field(count(), issuanceField('issued', 'how many certificates were issued in one')),
  revoked: field(count(), issuanceField('revoked', 'how many were revoked in one')),
  expired: field(count(), issuanceField('expired', 'how many expired in one')),
});

const activityField = (id: string, label: string): FieldPolicy => ({
  id: `activity.${id}`,
  dataClass: 'aggregate',
  scope: 'analytics:read',
  label,
});

const published = () => z.union([count(), z.literal('suppressed')]);

/** A closed month of a whole list; a count of fewer than five events, or of fewer than five certificates, is suppressed (CF-21). */
export const activity = z.strictObject({
  month: field(text().regex(/^\d{4}-\d\d$/), activityField('month', 'closed months')),
  views: field(published(), activityField('views', 'how often a list’s certificates were viewed in one, unless few')),
  downloads: field(published(), activityField('downloads', 'how often they were downloaded in one, unless few')),
});
