import type { FC } from 'hono/jsx';
import { isHeldCategory } from '../../policy/categories.ts';
import { erasableAlone } from '../../policy/limited-requests.ts';
import { keptReasons } from '../../policy/requests.ts';
import { kindWords, wordsOf, type RequestView } from './view.ts';

/** What confirming a request does, in words; of an erasure limited to categories what goes and what stays (CS-34). */
export const WhatItDoes: FC<{ view: RequestView }> = ({ view: { kind, categories } }) => {
  if (kind === 'erasure' && categories !== null) return <LimitedErasure categories={categories} />;
  const isCopy = kind === 'access' || kind === 'portability';
  return (
    <p>
      {kindWords[kind].does}
      {isCopy && categories !== null && ' The copy holds everything, these kinds of data included.'}
    </p>
  );
};

const LimitedErasure: FC<{ categories: readonly string[] }> = ({ categories }) => {
  const goes: readonly string[] = erasableAlone(categories);
  const stays = categories.filter((name) => isHeldCategory(name) && !goes.includes(name));
  return (
    <>
      {goes.length > 0 && <p>Deleted: {wordsOf(goes)}. This can’t be undone.</p>}
      {stays.length > 0 && (
        <p>
          {goes.length === 0 && 'Nothing is deleted. '}Stays: {wordsOf(stays)}. {keptReasons.needed_for_service} (CS-34)
        </p>
      )}
      <p>Every connected app is cut off. The service goes on, and you may connect them again.</p>
    </>
  );
};
