import type { VerifiedCertificate } from '../../../store/verification/certificate-by-code.ts';
import { cleanText } from '../../../words/text.ts';
import { verificationLog } from '../../../policy/verification.ts';
import { dayText } from '../../shell/format.tsx';
import { openFonts, type Fonts } from './fonts.ts';
import { makeTypesetter, openFont, type Document, type Style, type Typesetter } from './setting.ts';

export interface CertificatePaper {
  readonly certificate: VerifiedCertificate;
  /** The verification link that opened it. */
  readonly link: string;
  readonly now: Date;
}

/** Makes the PDF of a certificate: one page, the same bytes for the same certificate and instant. */
export type MakeCertificatePdf = (paper: CertificatePaper) => Promise<Uint8Array<ArrayBuffer>>;

const page = { width: 841.89, height: 595.28 };
const ink = '#1c232b';
const soft = '#56606b';
const accent = '#1d5c4d';
const bad = '#8c2620';
const warn = '#7a4b00';

const styles = {
  issuer: { weight: 'text', size: 17, least: 8, colour: ink, leading: 1.45 },
  title: { weight: 'display', size: 30, least: 9, colour: accent, leading: 1.4 },
  small: { weight: 'text', size: 10, least: 6, colour: soft, leading: 1.45 },
  recipient: { weight: 'display', size: 44, least: 10, colour: ink, leading: 1.5 },
  fact: { weight: 'text', size: 13, least: 6, colour: ink, leading: 1.45 },
  foot: { weight: 'text', size: 8.5, least: 5, colour: soft, leading: 1.5 },
} as const satisfies Record<string, Style>;

/** The typesetter and its fonts are loaded once, by the first PDF. */
export function makeCertificatePdfs(): MakeCertificatePdf {
  let loading: Promise<Press> | undefined;
  return async (paper) => {
    const { create, fonts } = await (loading ??= loadPress());
    const doc = create(optionsOf(paper));
    const bytes = collect(doc);
    compose(doc, makeTypesetter(doc, fonts), paper);
    doc.end();
    return bytes;
  };
}

interface Press {
  readonly create: (options: PDFKit.PDFDocumentOptions) => Document;
  readonly fonts: Fonts;
}

async function loadPress(): Promise<Press> {
  const { default: PDFDocument } = await import('pdfkit');
  const fonts = await openFonts((file) => openFont(new PDFDocument({ font: '' }), file));
  return { create: (options) => new PDFDocument(options), fonts };
}

function optionsOf({ certificate, now }: CertificatePaper): PDFKit.PDFDocumentOptions {
  return {
    size: 'A4',
    layout: 'landscape',
    margin: 0,
    font: '',
    lang: 'en',
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    info: {
      Title: `${cleanText(certificate.title, 200)} – ${cleanText(certificate.recipientName, 200)}`,
      Author: cleanText(certificate.issuerName, 200),
      Creator: 'Certveil',
      CreationDate: now,
      ModDate: now,
    },
  };
}

async function collect(doc: Document): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of doc) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

function compose(doc: Document, typesetter: Typesetter, { certificate, link, now }: CertificatePaper): void {
  const root = doc.struct('Document');
  doc.addStructure(root);
  const centre = (type: string, text: string, style: Style, [y, height]: readonly [y: number, height: number]) =>
    root.add(doc.struct(type, {}, () => typesetter.set(text, style, { x: 90, y, width: page.width - 180, height, align: 'centre' })));

  const verdict = verdictOf(certificate);
  drawFrame(doc, verdict?.colour ?? accent);
  centre('P', cleanText(certificate.issuerName, 200), styles.issuer, [62, 50]);
  centre('H1', cleanText(certificate.title, 200), styles.title, [124, 92]);
  centre('P', 'awarded to', styles.small, [222, 20]);
  centre('P', cleanText(certificate.recipientName, 200), styles.recipient, [244, 116]);
  if (verdict) centre('P', verdict.text, { ...styles.fact, size: 14, colour: verdict.colour }, [362, 28]);

  const facts = factsOf(certificate);
  const width = (page.width - 180) / facts.length;
  for (const [at, [name, value]] of facts.entries()) {
    const box = { x: 90 + at * width + 8, width: width - 16, align: 'centre' } as const;
    root.add(
      doc.struct('P', {}, () => {
        typesetter.set(name, styles.small, { ...box, y: 410, height: 18 });
        typesetter.set(value, styles.fact, { ...box, y: 428, height: 40 });
      }),
    );
  }
  centre('P', `As it stood on ${dayText(now.toISOString().slice(0, 10))}. What holds now is shown at`, styles.foot, [492, 15]);
  root.add(
    doc.struct('Link', {}, () => {
      typesetter.set(link, { ...styles.foot, colour: accent }, { x: 90, y: 506, width: page.width - 180, height: 15, align: 'centre' });
      doc.link(90, 506, page.width - 180, 15, link);
    }),
  );
  centre('P', `Questions, or is this about you? ${verificationLog.contact}`, styles.foot, [520, 15]);
  root.end();
}

function drawFrame(doc: Document, colour: string): void {
  doc.markContent('Artifact', { type: 'Layout' });
  doc
    .rect(28, 28, page.width - 56, page.height - 56)
    .lineWidth(1.2)
    .stroke(colour);
  doc
    .rect(33, 33, page.width - 66, page.height - 66)
    .lineWidth(0.4)
    .stroke(colour);
  doc
    .moveTo(page.width / 2 - 24, 118)
    .lineTo(page.width / 2 + 24, 118)
    .lineWidth(0.8)
    .stroke(colour);
  doc
    .moveTo(90, 400)
    .lineTo(page.width - 90, 400)
    .lineWidth(0.4)
    .stroke('#cfcabf');
  doc.endMarkedContent();
}

function verdictOf({ status, expiresOn, revokedOn }: VerifiedCertificate): { text: string; colour: string } | null {
  if (revokedOn !== null) return { text: `The issuer revoked this certificate on ${dayText(revokedOn)}. It is not valid.`, colour: bad };
  if (status === 'expired' && expiresOn !== null) return { text: `This certificate expired on ${dayText(expiresOn)}.`, colour: warn };
  return null;
}

function factsOf({ publicNumber, issuedOn, expiresOn }: VerifiedCertificate): (readonly [string, string])[] {
  return [
    ['Issued', dayText(issuedOn)],
    ['Expires', expiresOn === null ? 'never' : dayText(expiresOn)],
    ['Number', cleanText(publicNumber, 200)],
  ];
}
