import { addDays, dayOf, systemClock } from '../src/words/dates.ts';
import type { CertificateFilter, Reader, RecipientFilter } from '../src/store/tools/reader.ts';
import { words } from './seed.ts';

export interface ScaleCase {
  readonly name: string;
  readonly read: (reader: Reader) => Promise<readonly object[]>;
  /** Does such a read find anything? */
  readonly finds: boolean;
}

const limit = 21;
const today = dayOf(systemClock());
const nothing: CertificateFilter = {
  words: [],
  list: null,
  status: null,
  issuedFrom: null,
  issuedTo: null,
  expiresBefore: null,
  afterOn: null,
  afterNumber: null,
  limit,
};
const nobody: RecipientFilter = { words: [], list: null, hasCertificate: null, afterKey: '', afterRank: 0, limit };

function certificates(name: string, filter: Partial<CertificateFilter>, finds = true): ScaleCase {
  return { name: `certificates: ${name}`, finds, read: (reader) => reader.certificates({ ...nothing, ...filter }) };
}

function recipients(name: string, filter: Partial<RecipientFilter>, finds = true): ScaleCase {
  return { name: `recipients: ${name}`, finds, read: (reader) => reader.recipients({ ...nobody, ...filter }) };
}

const middle = { afterOn: '2020-06-01', afterNumber: '' };

/** Every shape of search that a big account might make dear. */
export const scaleCases: readonly ScaleCase[] = [
  certificates('first page', {}),
  certificates('middle page', middle),
  certificates('rare word', { words: [words.rare] }),
  certificates('prefix with few matches', { words: ['00000012'] }),
  certificates('prefix with many matches', { words: ['000'] }),
  certificates('frequent word', { words: [words.every] }),
  certificates('frequent word, middle page', { words: [words.every], ...middle }),
  certificates('frequent with rare word', { words: [words.every, words.rare] }),
  certificates('two frequent words that never meet', { words: [words.even, words.odd] }, false),
  certificates('no match', { words: ['nowhere'] }, false),
  certificates('status without match', { status: 'valid', issuedTo: '2016-12-31', expiresBefore: addDays(today, 1) }, false),
  certificates('status valid, by expiry', { status: 'valid', expiresBefore: addDays(today, 400) }),
  certificates('status expired', { status: 'expired' }),
  certificates('status revoked', { status: 'revoked' }),
  certificates('status revoked with a rare word', { status: 'revoked', words: [words.rare] }),
  recipients('first page', {}),
  recipients('middle page', { afterKey: 'adele bjork', afterRank: 2_500 }),
  recipients('rare word', { words: [words.rare] }),
  recipients('frequent with rare word', { words: [words.every, words.rare] }),
  recipients('two frequent words that never meet', { words: [words.even, words.odd] }, false),
  recipients('no match', { words: ['nowhere'] }, false),
  recipients('without a certificate, no match', { hasCertificate: false }, false),
];
