import { noticeSectionNames, type Notice, type NoticeSectionName } from './section.ts';

/** What became different in a section, by paragraph. */
export interface SectionChange {
  readonly section: NoticeSectionName;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The sections in which two versions differ, in the order of the notice (CF-26, CS-59). */
export function changesBetween(before: Notice, after: Notice): SectionChange[] {
  const paragraphsOf = (notice: Notice, name: NoticeSectionName): readonly string[] =>
    notice.sections.find(({ section }) => section === name)?.paragraphs ?? [];
  return noticeSectionNames
    .map((section) => {
      const old = paragraphsOf(before, section);
      const now = paragraphsOf(after, section);
      return { section, removed: old.filter((each) => !now.includes(each)), added: now.filter((each) => !old.includes(each)) };
    })
    .filter(({ removed, added }) => removed.length > 0 || added.length > 0);
}
