const given = ['Ada', 'José', 'Łukasz', 'Ελένη', 'Мария', 'Anna', 'İpek', 'Grace', 'Mohammed', 'さくら', 'O’Neil', 'Nora'];
const family = [
  'Lovelace',
  'Müller-Strauß',
  'Wałęsa',
  'Παπαδοπούλου',
  'Иванова',
  'Smith',
  'Yıldız',
  'Hopper',
  'al-Khatib',
  '田中',
  'Ng',
  'Björk',
];
const titles = [
  'Foundations of Data Protection',
  'First Aid at Work',
  'ISO/IEC 27001:2022 Lead Auditor',
  'Fire Warden',
  'React 18 for teams',
];

/** A file for `import certificates`: two certificates a person, five lists, honest texts and now and then a rare word. */
export function linesFor(count: number): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const person = at >> 1;
    const name = `${given[person % given.length]} ${family[(person * 7) % family.length]}${person % 1000 === 7 ? ' Zythum' : ''}`;
    const title = `${titles[at % titles.length]}, part ${at % 40}${at % 1000 === 3 ? ' Quartz' : ''}`;
    const description = 'Two days, with an examination at the end, held in the hall by the river.';
    const day = new Date(Date.UTC(2015, 0, 1 + ((at * 7919) % 4000))).toISOString().slice(0, 10);
    return [`Courses ${at % 5}`, name, `person.${person}@example.com`, title, description, `C-${at}`, day, `Room ${at % 30}`];
  });
  const header = ['list', 'recipient_name', 'recipient_email', 'title', 'description', 'public_number', 'issued_on', 'custom:shared:Room'];
  return [header, ...rows].map((cells) => cells.map((cell) => `"${cell}"`).join(',')).join('\n');
}
