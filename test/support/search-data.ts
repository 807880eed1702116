/** Certificates whose names are hard to search and whose dates tie, as rows for the import. */
type Line = readonly [list: string, name: string, title: string, number: string, issued: string, expires: string, status?: string];

const lines: readonly Line[] = [
  ['Safety', 'José Müller-Strauß', 'First Aid at Work', 'S-001', '2019-01-10', '2099-01-10'],
  ['Safety', 'Ada Lovelace', 'First Aid at Work', 'S-002', '2019-01-10', '2099-01-01'],
  ['Safety', 'Łukasz Wałęsa', 'Erste Hilfe für Führungskräfte', 'S-003', '2019-01-10', '2020-05-05'],
  ['Safety', 'İpek Yıldız', 'Fire Warden', 'S-004', '2018-06-01', '2020-06-01'],
  ['Safety', 'Ελένη Παπαδοπούλου', 'Fire Warden', 'S-005', '2018-06-01', '2020-06-01', 'revoked'],
  ['Languages', 'Мария Иванова', 'Русский язык', 'L-001', '2019-02-02', ''],
  ['Languages', '田中 さくら', '日本語能力講座 修了証', 'L-002', '2019-02-02', ''],
  ['Languages', '王秀英', '普通话 证书', 'L-003', '2019-02-02', ''],
  ['Languages', '김철수', '한국어 과정', 'L-004', '2019-02-02', ''],
  ['Languages', 'محمد الخطيب', 'العربية', 'L-005', '2019-02-02', ''],
  ['Languages', 'שָׂרָה כהן', 'עברית', 'L-006', '2019-02-02', ''],
  ['Languages', 'สมชาย ใจดี', 'ภาษาไทย', 'L-007', '2019-02-02', '2020-05-05'],
  ['Languages', 'अनन्या शर्मा', 'हिन्दी', 'L-008', '2019-02-02', '2099-01-01', 'revoked'],
];

export interface SearchRow extends Readonly<Record<string, string>> {
  readonly list: string;
  readonly recipient_name: string;
  readonly recipient_email: string;
  readonly title: string;
  readonly public_number: string;
  readonly issued_on: string;
  readonly expires_on: string;
  readonly status: string;
}

export const searchRows: readonly SearchRow[] = lines.map(([list, name, title, number, issued, expires, status = '']) => ({
  list,
  recipient_name: name,
  recipient_email: `${number.toLowerCase()}@people.example`,
  title,
  public_number: number,
  issued_on: issued,
  expires_on: expires,
  status,
}));

/** Many certificates with one date, many people with one name. */
export const tiedRows: readonly SearchRow[] = Array.from({ length: 90 }, (_, at) => ({
  list: at % 2 === 0 ? 'Even' : 'Odd',
  recipient_name: at % 3 === 0 ? 'Sam Same' : 'Sám  SAME',
  recipient_email: `sam${Math.floor(at / 2)}@people.example`,
  title: 'Tied',
  public_number: `T-${String(at).padStart(3, '0')}`,
  issued_on: at < 60 ? '2019-03-03' : '2019-03-04',
  expires_on: at < 45 ? '2098-03-03' : '2098-03-04',
  status: '',
}));
