import { describe, expect, it } from 'vitest';
import type { VerifiedCertificate } from '../../src/store/verification/certificate-by-code.ts';
import { makeCertificatePdfs } from '../../src/web/verify/pdf/certificate-pdf.ts';
import { readPdf, type Pdf } from '../support/pdf.ts';

const make = makeCertificatePdfs();
const now = new Date('2026-11-22T10:00:00.000Z');
const link = 'https://certs.example.com/v/3f0c8e1a-1111-4222-8333-444455556666';

const certificate: VerifiedCertificate = {
  recipientKey: 'ada@people.example',
  certificateId: '0b0e8c1e-0000-4000-8000-00000000c0de',
  accountId: '0b0e8c1e-0000-4000-8000-0000000000ac',
  title: 'Data Protection for Teams',
  recipientName: 'Ada Byron',
  issuerName: 'Ada Lovelace Academy',
  publicNumber: 'DPB-2026-000123',
  issuedOn: '2026-03-05',
  expiresOn: '2028-03-04',
  revokedOn: null,
  status: 'valid',
};

async function pdfOf(changes: Partial<VerifiedCertificate> = {}): Promise<Pdf> {
  return readPdf(await make({ certificate: { ...certificate, ...changes }, link, now }));
}

describe('the PDF of a certificate', () => {
  it('says issuer, title, recipient, dates, number and where to check it, as text that can be selected', async () => {
    const { lines, links, pages } = await pdfOf();
    expect(lines).toEqual([
      'Ada Lovelace Academy',
      'Data Protection for Teams',
      'awarded to',
      'Ada Byron',
      'Issued',
      '5 Mar 2026',
      'Expires',
      '4 Mar 2028',
      'Number',
      'DPB-2026-000123',
      'As it stood on 22 Nov 2026. What holds now is shown at',
      link,
      'Questions, or is this about you? hi@certfusion.com',
    ]);
    expect([links, pages]).toEqual([[link], 1]);
  });

  it('has a title, a language and a structure, and nothing of the ids', async () => {
    const bytes = Buffer.from(await make({ certificate, link, now }));
    const all = [...readPdf(bytes).objects.values()].join('\n');
    expect(all).toContain('/Lang (en)');
    expect(all).toContain('/MarkInfo');
    expect(all).toContain('/DisplayDocTitle true');
    for (const each of ['/S /H1', '/S /Link', '/FontFile2']) expect(all).toContain(each);
    for (const never of [certificate.certificateId, certificate.accountId, '/JavaScript', '/EmbeddedFile', '/Launch']) {
      expect(all).not.toContain(never);
    }
  });

  it('is the same to the byte for the same certificate and instant', async () => {
    const [first, second] = [await make({ certificate, link, now }), await make({ certificate, link, now })];
    expect(Buffer.compare(first, second)).toBe(0);
  });

  it.each([
    ['Arabic', 'محمد الخطيب'],
    ['Arabic with Latin', 'فاطمة Smith حسّان'],
    ['Chinese', '欧阳秀英'],
    ['Japanese', '渡辺 さくら'],
    ['Cyrillic', 'Алёна Шевченко'],
    ['Greek', 'Ελένη Παπαδοπούλου'],
    ['Devanagari', 'अनन्या श्रीवास्तव मिश्रा'],
    ['Vietnamese', 'Nguyễn Đặng'],
    ['Latin with marks', 'Þóra Łukasz D’Aubigné'],
  ])('writes a name in %s with a glyph for every letter, and it is found by its letters', async (_, recipientName) => {
    const { lines, pieces } = await pdfOf({ recipientName });
    expect(lines).toContain(recipientName);
    expect(pieces.map(({ text }) => text).join('')).not.toContain('\ufffd');
  });

  it('shows a sign for what no font has, and keeps the letters for a reader', async () => {
    const { lines, pieces } = await pdfOf({ recipientName: 'Ada สมชาย 🎉' });
    expect(lines).toContain('Ada สมชาย 🎉');
    expect(pieces.map(({ text }) => text).join('')).toContain('\ufffd');
  });

  it.each([
    ['many words', 'Maximiliane '.repeat(17)],
    ['one long word', 'Donaudampfschifffahrtsgesellschaft'.repeat(6)],
    ['wide letters', 'W'.repeat(200)],
    ['Chinese', '欧阳秀英'.repeat(50)],
    ['Arabic', 'مدرسة'.repeat(40)],
    ['the widest ligature', '\ufdfd'.repeat(200)],
    ['a tower of marks', `A${'\u0301'.repeat(199)}`],
    ['missing signs', '🎉'.repeat(200)],
    ['nothing', ''],
  ])('keeps within its frame, on one page, whatever the texts hold: %s', async (_, text) => {
    const { pages, pieces } = await pdfOf({ recipientName: text, title: text, issuerName: text, publicNumber: text });
    expect(pages).toBe(1);
    // Every line stands centred in a box that lies within the frame: one that were too long would begin left of it.
    const outside = pieces.filter(({ x, y }) => x < 60 || x > 800 || y < 50 || y > 560);
    expect(outside).toEqual([]);
  });

  it('says that a certificate has expired, or was revoked and when', async () => {
    expect((await pdfOf({ status: 'expired', expiresOn: '2026-10-01' })).lines).toContain('This certificate expired on 1 Oct 2026.');
    const { lines } = await pdfOf({ status: 'revoked', revokedOn: '2026-09-12' });
    expect(lines).toContain('The issuer revoked this certificate on 12 Sep 2026. It is not valid.');
    expect((await pdfOf()).lines.join()).not.toMatch(/expired on|revoked/);
  });

  it('shows hostile text as text: no control of direction, no line of its own', async () => {
    const { lines } = await pdfOf({ recipientName: 'Ada\u202e\n(valid) \\ ) Tj <script>' });
    expect(lines).toContain('Ada (valid) \\ ) Tj <script>');
  });
});
