import { contacts } from '../operator-contacts.ts';
import type { Notice, NoticeFacts, NoticeSection } from './section.ts';
import {
  aiAppsSection,
  changesSection,
  complaintsSection,
  contactSection,
  neverSentSection,
  purposesSection,
  retentionSection,
  sharingSection,
  transfersSection,
} from './shared-sections.ts';

const service = 'certumssl';
const { email, post } = contacts[service];

const collected: NoticeSection = {
  section: 'collected',
  paragraphs: [
    'For your account: full name or company name, e-mail, phone number, billing address. Forms ask for them to take orders, to manage the service, to inform you and to help you.',
    'For certificates: domain names and certificate details; for organisation and extended validation also the details of the organisation, and where needed proof of identity, financial information and other documents.',
    'Payments go through Stripe. We store no card data, only Stripe’s reference.',
    'What you send by form, e-mail, API, phone or to support is stored, and may be used to contact you about the services. You can update it, or ask for no contact.',
  ],
};

const domainContacts: NoticeSection = {
  section: 'domain_contacts',
  paragraphs: [
    'Certificate requests may require that contact data is published in public directories, as certificate authorities demand. Only the fields that are required are published.',
    'If you turn contact privacy off, the data may become public; then anybody may download, store, copy and pass it on. Turning it on again does not take back what was public before.',
  ],
};

const cookies: NoticeSection = {
  section: 'cookies',
  paragraphs: [
    'Account cookies hold a session ID, never an internal account ID. They end when the browser closes, and you can refuse them: then you cannot sign in, and everything that needs no sign-in still works.',
    'Servers record protocol data, such as the IP address, the type of browser, referring and exit pages, operating system, time and clicks: to find faults, to run the service, and for broad statistics.',
    'Affiliates and analytics providers may use cookies and scripts; no personal information that we hold is passed to them. This server loads none. Where Google Analytics is in use, it counts visits, pages and paths with a permanent cookie that Google stores in the United States; it serves only to improve the site and is never joined with personal information. Deleting the cookie ends it.',
    'We don’t act on “Do Not Track”. We do treat Global Privacy Control as an objection to analytics, which is stricter than promised.',
  ],
};

const rights: NoticeSection = {
  section: 'rights',
  paragraphs: [
    'We tell you on request whether we hold personal information about you, or process it for somebody else. You may have it corrected, deleted, and your account deactivated. We answer within 30 days.',
    'In the European Economic Area, Switzerland and the United Kingdom you may also ask for a copy in a machine-readable form, for restriction, and you may object where we rely on legitimate interests, to marketing at any time. We answer within one month or 30 days, whichever ends first.',
    `File a request in your account settings, in your dashboard, by post to ${post ?? ''}, or by e-mail to ${email}. We may ask for more to make sure that it is you; that does not stop the clock.`,
    'Deactivating needs that you sign in and use the contact form. What is deactivated isn’t thereby deleted: it is kept for legal duties, and no assistant sees it any more. Data that is needed to provide the service can be deleted only by ending the service.',
    'You can change your details and opt out of messages in your dashboard at any time.',
  ],
};

/** The notice of CertumSSL (CS-01 to CS-60), in our own words; lists and periods come from the policy. */
export function certumsslNotice(facts: NoticeFacts): Notice {
  return {
    service,
    title: 'Privacy notice of CertumSSL',
    contact: email,
    sections: [
      {
        section: 'scope',
        paragraphs: [
          'It covers the website and the TLS certificate services, wherever data is handled, and the AI assistants that you connect. Personal information is whatever identifies you, directly or indirectly: name, phone number, address, e-mail and the like.',
        ],
      },
      collected,
      purposesSection(service),
      aiAppsSection(service),
      neverSentSection(),
      domainContacts,
      cookies,
      sharingSection(service, facts),
      transfersSection(service, facts),
      {
        section: 'security',
        paragraphs: [
          'Forms go over TLS 1.2 or newer. Contact details, identity documents and second factors are encrypted with AES-256 where they are stored. We follow accepted industry standards; no method is absolutely secure, and we don’t promise that ours is.',
          `Tell ${email} if you think that something is not secure.`,
        ],
      },
      retentionSection(service, facts),
      rights,
      complaintsSection(),
      {
        section: 'children',
        paragraphs: [
          'The services are not for people under 18. If we learn that we hold data of somebody under 18, we delete it promptly; the contact page takes reports.',
        ],
      },
      changesSection(),
      contactSection(service, facts),
    ],
  };
}
