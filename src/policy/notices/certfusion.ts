import { contacts } from '../operator-contacts.ts';
import { answerTo } from '../objection.ts';
import { retentionClasses } from '../retention.ts';
import type { Notice, NoticeFacts } from './section.ts';
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

const service = 'certfusion';

/** The notice of CertFusion (CF-01 to CF-27), in our own words; lists and periods come from the policy. */
export function certfusionNotice(facts: NoticeFacts): Notice {
  return {
    service,
    title: 'Privacy notice of CertFusion',
    contact: contacts[service].email,
    sections: [
      {
        section: 'scope',
        paragraphs: [
          'It covers the website, the certificate services, and the connections to third-party apps such as the app inside ChatGPT.',
        ],
      },
      {
        section: 'collected',
        paragraphs: [
          'Personal data: your name, your e-mail address, and what else you give when you register, use the certificate services (templates, recipients, issuing), write to support, or connect a third-party app.',
          'Not personal: type of browser, operating system, and how the site is used, to improve it.',
        ],
      },
      purposesSection(service),
      aiAppsSection(service),
      neverSentSection(),
      {
        section: 'verification_links',
        paragraphs: [
          'When somebody views or downloads a certificate by its verification link, we record the IP address, the browser’s name, the page they came from and the time. Nothing else of the request is kept.',
          `It serves to prevent fraud, to detect abuse, and to give the account that issued the certificate aggregate figures: closed months of a whole list, and only where at least five events fell on at least five certificates. Each record is deleted after ${retentionClasses.verification_activity.period}.`,
          `It rests on our legitimate interests. ${answerTo('verification_activity')} If a certificate is about you and you object, its link shows nothing and nothing more of it is recorded or counted until we have reviewed it.`,
        ],
      },
      sharingSection(service, facts),
      transfersSection(service, facts),
      {
        section: 'security',
        paragraphs: [
          'We take measures against unauthorised access, alteration, disclosure and destruction. No system is completely secure, and we don’t claim that ours is.',
        ],
      },
      retentionSection(service, facts),
      {
        section: 'rights',
        paragraphs: [
          `Which rights you have depends on where you live. To use them, write to ${contacts[service].email}, or file a request in your dashboard or through a connected assistant; what changes or deletes data waits for you to confirm it, signed in.`,
          'You may ask for access to your data, a copy to take along, correction, deletion, restriction, and you may object. We answer within one month; that period is ours, the notice as published promises none.',
        ],
      },
      complaintsSection(),
      changesSection(),
      contactSection(service, facts),
    ],
  };
}
