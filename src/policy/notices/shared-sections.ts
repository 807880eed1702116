import { neverSent, type Service } from '../classes.ts';
import { heldCategories, heldCategoriesOf, retentionRuleOf } from '../categories.ts';
import { answerTo, isInterest } from '../objection.ts';
import { basisNames, processingPurposes, transferSafeguards } from '../processing.ts';
import { contacts } from '../operator-contacts.ts';
import { scopes, scopesOf } from '../scopes.ts';
import { countryName, type NoticeFacts, type NoticeSection } from './section.ts';

/** What is said alike for both services, from the policy itself. */
export function purposesSection(service: Service): NoticeSection {
  const lines = Object.entries(processingPurposes)
    .filter(([, { services }]) => services.includes(service))
    .map(([name, { says, basis }]) => {
      const line = `We use it ${says}. The legal basis is ${basisNames[basis]}.`;
      return isInterest(name) ? `${line} ${answerTo(name)}` : line;
    });
  return { section: 'purposes', paragraphs: [...lines, 'We use it for nothing else. We never sell it and never rent it out.'] };
}

export function aiAppsSection(service: Service): NoticeSection {
  const lines = scopesOf([service]).map((scope) => {
    const { line, ticked } = scopes[scope];
    return `${scope}${ticked ? '' : ' (only if you tick it)'}: ${line}.`;
  });
  return {
    section: 'ai_apps',
    paragraphs: [
      'When you connect an AI assistant, it gets data only when it calls a tool to do what you asked, and only the fields that you agreed to. There is no other way: nothing is sent by itself, in the background or in bulk.',
      ...lines,
      'A field that is added later stays closed to an app until you agree to it. Each answer is written down before it is given: the day, the app, the tool, the names of the fields and how many records, never the values. You see it in your dashboard.',
      'You can pause an app, take scopes away or revoke it in your dashboard at any time. From its very next call on it gets nothing. Of its access token only a hash is stored.',
      'What you write to the assistant, and what it makes of our answers, falls under the policy of the assistant’s maker: for ChatGPT that is OpenAI’s. We never receive or store your conversation, only the parameters of the tool that is called.',
    ],
  };
}

export function neverSentSection(): NoticeSection {
  return {
    section: 'never_sent',
    paragraphs: [...neverSent.map((each) => `${each[0]?.toUpperCase()}${each.slice(1)}.`), 'Anything that belongs to another account.'],
  };
}

export function sharingSection(service: Service, { processors }: NoticeFacts): NoticeSection {
  const own = processors.filter((each) => each.service === service);
  const lines = own.map(
    ({ name, country, purpose, agreementOn }) =>
      `${name} (${countryName(country) ?? country}) works for us ${processingPurposes[purpose].says}, under an agreement on confidentiality of ${agreementOn}.`,
  );
  return {
    section: 'sharing',
    paragraphs: [
      'We give data to others only with your agreement, or where this notice says so.',
      ...(own.length > 0 ? lines : ['No service provider gets personal data at present.']),
      'A service provider gets data only after it has signed an agreement on confidentiality, and only for the purpose named here.',
      'We may have to give data to authorities, courts or private parties: to defend or answer legal claims, to protect rights, property or somebody’s safety, or to stop illegal acts; and to certificate authorities where their rules require it. Staff record each case in your disclosure ledger, and where the law permits we tell you.',
    ],
  };
}

export function transfersSection(service: Service, { transfers }: NoticeFacts): NoticeSection {
  const own = transfers.filter((each) => each.service === service);
  return {
    section: 'transfers',
    paragraphs: [
      ...(own.length > 0
        ? own.map(
            ({ channel, country, safeguard }) =>
              `${channel}: data may be handled in ${countryName(country) ?? country}, protected by ${transferSafeguards[safeguard]}.`,
          )
        : ['No transfer to another country is on record at present.']),
      'Wherever data is handled, this notice applies to it. It leaves the European Economic Area, Switzerland or the United Kingdom only under standard contractual clauses or an adequacy decision.',
    ],
  };
}

export function retentionSection(service: Service, { retention: operator }: NoticeFacts): NoticeSection {
  const lines = heldCategoriesOf([service]).map(
    (name) => `${heldCategories[name].label}: ${retentionRuleOf(name, { uses: [service], operator })}.`,
  );
  return {
    section: 'retention',
    paragraphs: [
      'We keep data only as long as its purpose or a legal duty needs it. Your dashboard shows the date for your own data.',
      ...lines.map((line) => `${line[0]?.toUpperCase()}${line.slice(1)}`),
    ],
  };
}

export function complaintsSection(): NoticeSection {
  return {
    section: 'complaints',
    paragraphs: [
      'You can complain to the data protection authority where you live, where you work or where you think the law was broken. In the United Kingdom that is the Information Commissioner’s Office. Your dashboard names the authority for your country.',
    ],
  };
}

export function changesSection(): NoticeSection {
  return {
    section: 'changes',
    paragraphs: [
      'A change is posted on this page with its new effective date, and shown in your dashboard. Earlier versions stay here, with what changed.',
    ],
  };
}

export function contactSection(service: Service, { operatorAddress }: NoticeFacts): NoticeSection {
  const { email, dataProtection, post } = contacts[service];
  return {
    section: 'contact',
    paragraphs: [
      `Write to ${email}.`,
      ...(dataProtection === email ? [] : [`For data protection: ${dataProtection}.`]),
      ...(post === null ? [] : [`By post: ${post}.`]),
      ...(operatorAddress === null ? [] : [`This installation is run by: ${operatorAddress}.`]),
    ],
  };
}
