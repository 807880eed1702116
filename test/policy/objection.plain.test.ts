import { describe, expect, it } from 'vitest';
import { services } from '../../src/policy/classes.ts';
import { heldCategories } from '../../src/policy/categories.ts';
import { noticeOf } from '../../src/policy/notices/notice.ts';
import { afterObjection, answerTo, goingOnOf, interestsOf, stoppedOf } from '../../src/policy/objection.ts';
import { processingPurposes } from '../../src/policy/processing.ts';
import { verificationLog } from '../../src/policy/verification.ts';

describe('what an objection does', () => {
  const resting = Object.entries({ ...heldCategories, ...processingPurposes }).filter(([, { basis }]) => basis === 'legitimate_interests');

  it('CS-46, CS-56: is said of every processing under legitimate interests and of no other: it stops, or goes on for a reason', () => {
    expect(Object.keys(afterObjection).toSorted()).toEqual(resting.map(([name]) => name).toSorted());
    for (const service of services) {
      const concerned = interestsOf({ service, categories: null });
      const here = resting.filter(([, { services: where }]) => (where as readonly string[]).includes(service)).map(([name]) => name);
      expect(concerned.toSorted()).toEqual(here.toSorted());
      expect(new Set([...stoppedOf(concerned), ...goingOnOf(concerned)])).toEqual(new Set(concerned));
    }
  });

  it('CS-46: concerns of chosen categories only those under legitimate interests', () => {
    expect(interestsOf({ service: 'certfusion', categories: ['quota', 'verification_activity'] })).toEqual(['verification_activity']);
    expect(interestsOf({ service: 'certfusion', categories: ['quota'] })).toEqual([]);
  });

  it('CS-46, CF-19, CF-20: stands in the notice of each service that does it, as it is carried out', () => {
    for (const service of services) {
      const notice = noticeOf[service]({ operatorAddress: null, processors: [], transfers: [], retention: {} });
      const text = notice.sections.flatMap(({ paragraphs }) => paragraphs).join('\n');
      for (const each of interestsOf({ service, categories: null })) expect(text).toContain(answerTo(each));
    }
    expect(answerTo('verification_activity')).toContain(verificationLog.kept);
  });
});
