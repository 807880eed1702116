type Part = readonly [written: string, address: string];

interface Names {
  readonly given: readonly Part[];
  readonly family: readonly Part[];
  /** How a full name is written. */
  readonly write: (given: string, family: string) => string;
}

const western = (given: string, family: string): string => `${given} ${family}`;
const eastern = (given: string, family: string): string => `${family}${given}`;
const easternSpaced = (given: string, family: string): string => `${family} ${given}`;

/** Pairs of a name and how it stands in an address. */
function parts(text: string): Part[] {
  return text.split(' ').map((pair) => {
    const [written = '', address = written.toLowerCase()] = pair.split('=');
    return [written, address];
  });
}

const scripts: readonly Names[] = [
  { given: parts('Grace Alan Olivia Noah'), family: parts("Hopper Turing Smith O'Brien=obrien"), write: western },
  {
    given: parts('Björn=bjorn Åsa=asa Søren=soren Þóra=thora'),
    family: parts('Ångström=angstrom Østergård=ostergard Jónsdóttir=jonsdottir'),
    write: western,
  },
  {
    given: parts('Chloé=chloe François=francois Zoë=zoe'),
    family: parts('Lefèvre=lefevre D’Aubigné=daubigne Müller=mueller Strauß=strauss'),
    write: western,
  },
  {
    given: parts('Łukasz=lukasz Żaneta=zaneta Jiří=jiri Đorđe=djordje'),
    family: parts('Wałęsa=walesa Dvořák=dvorak Šarić=saric'),
    write: western,
  },
  { given: parts('İpek=ipek Işıl=isil Çağla=cagla'), family: parts('Yıldız=yildiz Öztürk=ozturk'), write: western },
  { given: parts('Nguyễn=nguyen Phương=phuong'), family: parts('Trần=tran Đặng=dang'), write: western },
  {
    given: parts('Мария=maria Сергій=serhii Алёна=alyona'),
    family: parts('Иванова=ivanova Шевченко=shevchenko Королёва=koroleva'),
    write: western,
  },
  { given: parts('Ελένη=eleni Γιώργος=giorgos'), family: parts('Παπαδοπούλου=papadopoulou Οικονόμου=oikonomou'), write: western },
  { given: parts('محمد=mohammed فاطمة=fatima أحمد=ahmad'), family: parts('الخطيب=alkhatib حسّان=hassan'), write: western },
  { given: parts('अनन्या=ananya रवि=ravi'), family: parts('शर्मा=sharma मिश्रा=mishra'), write: western },
  { given: parts('伟=wei 秀英=xiuying 娜=na'), family: parts('王=wang 李=li 欧阳=ouyang'), write: eastern },
  { given: parts('さくら=sakura 健太=kenta'), family: parts('田中=tanaka 渡辺=watanabe'), write: easternSpaced },
];

export interface DemoPerson {
  readonly name: string;
  readonly email: string;
}

/** Everybody in the demo: about a hundred people, of whom the first is Ada Byron. */
export function demoPeople(): DemoPerson[] {
  const others = scripts.flatMap(({ given, family, write }) =>
    given.flatMap(([givenName, givenAddress]) =>
      family.map(([familyName, familyAddress]) => ({
        name: write(givenName, familyName),
        email: `${givenAddress}.${familyAddress}@example.org`,
      })),
    ),
  );
  return [{ name: 'Ada Byron', email: 'ada.byron@example.org' }, ...others, { name: 'Ada Öz', email: 'ada.oez@example.net' }];
}
