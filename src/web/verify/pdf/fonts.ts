import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packages = createRequire(import.meta.url);

/** Every face by its name: text, and the lighter one of large lines. Chinese has one file for both; it is forty times the size of the others. */
const faces = {
  latin: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  arabic: '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  devanagari: '@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf',
  han: '@embedpdf/fonts-sc',
  latinLight: '@expo-google-fonts/noto-sans/300Light/NotoSans_300Light.ttf',
  arabicLight: '@expo-google-fonts/noto-sans-arabic/300Light/NotoSansArabic_300Light.ttf',
  devanagariLight: '@expo-google-fonts/noto-sans-devanagari/300Light/NotoSansDevanagari_300Light.ttf',
} as const;

export type Face = keyof typeof faces;

/** The faces of one weight, the one of most scripts first. */
export type Weight = readonly Face[];

export const weights = {
  text: ['latin', 'arabic', 'devanagari', 'han'],
  display: ['latinLight', 'arabicLight', 'devanagariLight', 'han'],
} as const satisfies Record<string, Weight>;

export interface Font {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

export type Fonts = ReadonlyMap<Face, Font>;

/** Opens every face from its package, once for all documents: what a font is read for stays read. */
export async function openFonts(open: (file: Buffer) => Font): Promise<Fonts> {
  const names = Object.keys(faces) as Face[];
  return new Map(await Promise.all(names.map(async (face) => [face, open(await readFile(pathOf(face)))] as const)));
}

/** The Chinese package opens nothing but its entry, which lies beside its fonts. */
function pathOf(face: Face): string {
  const path = packages.resolve(faces[face]);
  return face === 'han' ? join(dirname(path), '../fonts/NotoSansHans-DemiLight.otf') : path;
}
