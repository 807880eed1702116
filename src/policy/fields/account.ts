import { z } from 'zod';
import { services, type DataClass } from '../classes.ts';
import { count, day, emailLength, field, nameLength, text, type FieldPolicy } from './field.ts';

const accountField = (id: string, dataClass: DataClass, label: string): FieldPolicy => ({
  id: `account.${id}`,
  dataClass,
  scope: 'account:read',
  label,
});

export const account = z.strictObject({
  display_name: field(text(), { ...accountField('display_name', 'identity', 'your display name'), freeText: nameLength }),
  email_masked: field(text(), { ...accountField('email_masked', 'contact', 'your masked e-mail'), freeText: emailLength }),
  email: field(text(), {
    id: 'account.email',
    dataClass: 'contact',
    scope: 'account:email',
    label: 'your full e-mail address',
    replaces: 'email_masked',
    allows: ['email'],
  }),
  services: field(
    z.array(
      z.strictObject({
        service: field(z.enum(services), accountField('services.service', 'certificate', 'the services you use')),
        status: field(z.enum(['active', 'deactivated']), accountField('services.status', 'certificate', 'the state of each service')),
      }),
    ),
    accountField('services', 'certificate', 'your services'),
  ),
  quota: field(
    z
      .strictObject({
        used: field(count(), accountField('quota.used', 'quota', 'quota used')),
        limit: field(count(), accountField('quota.limit', 'quota', 'quota limit')),
        remaining: field(count(), accountField('quota.remaining', 'quota', 'quota remaining')),
        period_ends_on: field(day(), accountField('quota.period_ends_on', 'quota', 'end of the quota period')),
      })
      .nullable(),
    accountField('quota', 'quota', 'your monthly quota'),
  ),
});
