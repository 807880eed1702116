interface Authority {
  readonly country: string;
  readonly name: string;
  readonly site: string;
  readonly note?: string;
}

/** Data protection authorities of the EEA, Switzerland and the UK, by ISO 3166 code (CS-49). */
export const authorities = {
  AT: { country: 'Austria', name: 'Österreichische Datenschutzbehörde', site: 'https://www.dsb.gv.at' },
  BE: { country: 'Belgium', name: 'Autorité de protection des données', site: 'https://www.dataprotectionauthority.be' },
  BG: { country: 'Bulgaria', name: 'Commission for Personal Data Protection', site: 'https://www.cpdp.bg' },
  HR: { country: 'Croatia', name: 'Agencija za zaštitu osobnih podataka', site: 'https://azop.hr' },
  CY: { country: 'Cyprus', name: 'Commissioner for Personal Data Protection', site: 'https://www.dataprotection.gov.cy' },
  CZ: { country: 'Czechia', name: 'Úřad pro ochranu osobních údajů', site: 'https://uoou.gov.cz' },
  DK: { country: 'Denmark', name: 'Datatilsynet', site: 'https://www.datatilsynet.dk' },
  EE: { country: 'Estonia', name: 'Andmekaitse Inspektsioon', site: 'https://www.aki.ee' },
  FI: { country: 'Finland', name: 'Tietosuojavaltuutetun toimisto', site: 'https://tietosuoja.fi' },
  FR: { country: 'France', name: 'Commission nationale de l’informatique et des libertés', site: 'https://www.cnil.fr' },
  DE: {
    country: 'Germany',
    name: 'Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit',
    site: 'https://www.bfdi.bund.de',
    note: 'for most companies the authority of the Land is the one to write to; this page lists them',
  },
  GR: { country: 'Greece', name: 'Hellenic Data Protection Authority', site: 'https://www.dpa.gr' },
  HU: { country: 'Hungary', name: 'Nemzeti Adatvédelmi és Információszabadság Hatóság', site: 'https://www.naih.hu' },
  IS: { country: 'Iceland', name: 'Persónuvernd', site: 'https://www.personuvernd.is' },
  IE: { country: 'Ireland', name: 'Data Protection Commission', site: 'https://www.dataprotection.ie' },
  IT: { country: 'Italy', name: 'Garante per la protezione dei dati personali', site: 'https://www.garanteprivacy.it' },
  LV: { country: 'Latvia', name: 'Datu valsts inspekcija', site: 'https://www.dvi.gov.lv' },
  LI: { country: 'Liechtenstein', name: 'Datenschutzstelle', site: 'https://www.datenschutzstelle.li' },
  LT: { country: 'Lithuania', name: 'Valstybinė duomenų apsaugos inspekcija', site: 'https://vdai.lrv.lt' },
  LU: { country: 'Luxembourg', name: 'Commission nationale pour la protection des données', site: 'https://cnpd.public.lu' },
  MT: { country: 'Malta', name: 'Information and Data Protection Commissioner', site: 'https://idpc.org.mt' },
  NL: { country: 'Netherlands', name: 'Autoriteit Persoonsgegevens', site: 'https://www.autoriteitpersoonsgegevens.nl' },
  NO: { country: 'Norway', name: 'Datatilsynet', site: 'https://www.datatilsynet.no' },
  PL: { country: 'Poland', name: 'Urząd Ochrony Danych Osobowych', site: 'https://uodo.gov.pl' },
  PT: { country: 'Portugal', name: 'Comissão Nacional de Proteção de Dados', site: 'https://www.cnpd.pt' },
  RO: {
    country: 'Romania',
    name: 'Autoritatea Națională de Supraveghere a Prelucrării Datelor cu Caracter Personal',
    site: 'https://www.dataprotection.ro',
  },
  SK: { country: 'Slovakia', name: 'Úrad na ochranu osobných údajov', site: 'https://dataprotection.gov.sk' },
  SI: { country: 'Slovenia', name: 'Informacijski pooblaščenec', site: 'https://www.ip-rs.si' },
  ES: { country: 'Spain', name: 'Agencia Española de Protección de Datos', site: 'https://www.aepd.es' },
  SE: { country: 'Sweden', name: 'Integritetsskyddsmyndigheten', site: 'https://www.imy.se' },
  CH: { country: 'Switzerland', name: 'Federal Data Protection and Information Commissioner', site: 'https://www.edoeb.admin.ch' },
  GB: { country: 'United Kingdom', name: 'Information Commissioner’s Office', site: 'https://ico.org.uk' },
} as const satisfies Record<string, Authority>;

export type AuthorityCode = keyof typeof authorities;

export function isAuthorityCode(text: string): text is AuthorityCode {
  return Object.hasOwn(authorities, text);
}

/** The authorities of where a person lives, works, or was wronged, each once. */
export function authoritiesFor(places: readonly string[]): AuthorityCode[] {
  return [...new Set(places.filter(isAuthorityCode))];
}

/** An authority in one line: country, name, address, and what else to know of it. */
export function authorityLine(code: AuthorityCode): string {
  const { country, name, site, note }: Authority = authorities[code];
  return `${country}: ${name}, ${site}${note === undefined ? '' : ` (${note})`}`;
}

export function noteOn(code: AuthorityCode): string | null {
  const { note }: Authority = authorities[code];
  return note ?? null;
}
