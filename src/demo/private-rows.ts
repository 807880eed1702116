import { createHash, randomUUID } from 'node:crypto';
import { addDays, type Day } from '../words/dates.ts';
import { emailKey, maskEmail } from '../words/text.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { placeOf, seal } from '../store/engine/sealing.ts';
import type { DemoRows } from '../store/demo/demo.ts';
import { canary, canaryTime } from './canary.ts';
import type { DemoOwner } from './owners.ts';

export interface OwnerSetting {
  readonly owner: DemoOwner;
  readonly accountId: string;
  readonly today: Day;
  readonly columnsKey: PurposeKey;
}

/** So many days before today, at the time of day that marks the demo's instants. */
export function instantBefore(today: Day, days: number): Date {
  return new Date(`${addDays(today, -days)}T${canaryTime}`);
}

/** An owner's account, with a canary in every column of it that never leaves. */
export function accountRows({
  owner,
  accountId,
  today,
  columnsKey,
}: OwnerSetting): Pick<DemoRows, 'accounts' | 'memberships' | 'passwordLinks' | 'quotas'> {
  const { number, email } = owner;
  const createdAt = instantBefore(today, 500);
  const lastActivityAt = instantBefore(today, number);
  const secret = canary('accounts', 'mfa_secret_sealed', number);
  const phone = canary('accounts', 'phone_sealed', number);
  const membership = { accountId, status: 'active', lastActivityAt, createdAt, marketingOptOutAt: number === 2 ? createdAt : null };
  return {
    accounts: [
      {
        id: accountId,
        email,
        emailMasked: maskEmail(email),
        emailKey: emailKey(email),
        displayName: owner.displayName,
        region: owner.organisation.country,
        phoneSealed: seal(columnsKey, phone, placeOf('accounts.phone_sealed', accountId)),
        mfaSecretSealed: seal(columnsKey, secret, placeOf('accounts.mfa_secret_sealed', accountId)),
        passwordHash: owner.passwordHash,
        createdAt,
        lastActivityAt,
      },
    ],
    memberships: (['certfusion', 'certumssl'] as const).map((service) => ({ ...membership, service, noticeVersion: null })),
    passwordLinks: [
      {
        digest: createHash('sha256')
          .update(canary('password_links', 'digest', number))
          .digest(),
        accountId,
        createdAt,
        expiresAt: instantBefore(today, 499),
        usedAt: createdAt,
      },
    ],
    quotas: [{ accountId, ...owner.quota, periodEndsOn: addDays(today, 12) }],
  };
}

/** Money: nothing of it ever leaves. */
export function moneyRows({ owner: { number }, accountId, today }: OwnerSetting): Pick<DemoRows, 'billingProfiles' | 'transactions'> {
  return {
    transactions: [0, 1, 2].map((year) => ({
      accountId,
      occurredOn: addDays(today, -40 - 365 * year),
      amountMinor: 31_415_926 + number * 10 + year,
      currency: 'XTS',
      invoiceNumber: canary('transactions', 'invoice_number', number * 10 + year),
      stripeChargeRef: canary('transactions', 'stripe_charge_ref', number * 10 + year),
    })),
    billingProfiles: [
      {
        accountId,
        billingName: canary('billing_profiles', 'billing_name', number),
        billingAddress: `1 Analytical Row, ${canary('billing_profiles', 'billing_address', number)}`,
        stripeCustomerRef: canary('billing_profiles', 'stripe_customer_ref', number),
        planPrice: canary('billing_profiles', 'plan_price', number),
      },
    ],
  };
}

/** Letters and papers: nothing of them ever leaves. */
export function letterRows({
  owner: { number },
  accountId,
  today,
  columnsKey,
}: OwnerSetting): Pick<DemoRows, 'contactMessages' | 'supportMessages' | 'vettingDocuments'> {
  const messageId = randomUUID();
  const documentId = randomUUID();
  const sender = canary('contact_messages', 'sender_sealed', number);
  const content = canary('vetting_documents', 'content_sealed', number);
  return {
    contactMessages: [
      {
        id: messageId,
        accountId,
        channel: 'form',
        kind: 'question',
        senderSealed: seal(columnsKey, sender, placeOf('contact_messages.sender_sealed', messageId)),
        body: `How do I add a colleague? ${canary('contact_messages', 'body', number)}`,
        receivedAt: instantBefore(today, 200),
        resolvedAt: instantBefore(today, 198),
      },
    ],
    supportMessages: [false, true].map((fromStaff, at) => ({
      accountId,
      subject: canary('support_messages', 'subject', number * 10 + at),
      body: canary('support_messages', 'body', number * 10 + at),
      fromStaff,
      writtenAt: instantBefore(today, 90 - at),
      resolvedAt: instantBefore(today, 80),
    })),
    vettingDocuments: [
      {
        id: documentId,
        accountId,
        kind: canary('vetting_documents', 'kind', number),
        contentSealed: seal(columnsKey, content, placeOf('vetting_documents.content_sealed', documentId)),
        receivedAt: instantBefore(today, 300),
      },
    ],
  };
}

/** A finished request and a lifted hold, with the reasons that staff wrote. */
export function caseRows({ owner: { number }, accountId, today }: OwnerSetting): Pick<DemoRows, 'privacyRequests' | 'legalHolds'> {
  return {
    privacyRequests: [
      {
        accountId,
        kind: 'restriction',
        service: 'certfusion',
        channel: 'email',
        status: 'done',
        receivedOn: addDays(today, -150),
        dueOn: addDays(today, -121),
        reason: canary('privacy_requests', 'reason', number),
        closedAt: instantBefore(today, 140),
      },
    ],
    legalHolds: [
      {
        accountId,
        reason: canary('legal_holds', 'reason', number),
        placedAt: instantBefore(today, 400),
        liftedAt: instantBefore(today, 350),
      },
    ],
  };
}
