import { describe, expect, it } from 'vitest';
import { parseMailServer } from '../../src/config/mail-server.ts';

describe('the mail server of the settings', () => {
  it.each([
    [
      'smtp://u%40example.com:p%40ss@mail.example.com',
      { host: 'mail.example.com', port: 587, tls: 'starttls', login: { user: 'u@example.com', password: 'p@ss' }, from: 'u@example.com' },
    ],
    [
      'smtps://user:secret@mail.example.com/?from=certveil@example.com',
      { host: 'mail.example.com', port: 465, tls: 'implicit', login: { user: 'user', password: 'secret' }, from: 'certveil@example.com' },
    ],
    ['smtp://localhost:1025?from=a@b.example', { host: 'localhost', port: 1025, tls: 'if_offered', login: null, from: 'a@b.example' }],
    ['smtp://[::1]:25?from=a@b.example', { host: '::1', port: 25, tls: 'if_offered', login: null, from: 'a@b.example' }],
  ])('is read from %s', (text, server) => {
    expect(parseMailServer(text)).toEqual(server);
  });

  it.each([
    'mail.example.com',
    'http://mail.example.com?from=a@b.example',
    'smtp://mail.example.com',
    'smtp://user:secret@mail.example.com',
    'smtp://mail.example.com?from=a@b.example&starttls=never',
    'smtp://mail.example.com/path?from=a@b.example',
    'smtp://mail.example.com?from=a@b.example%0d%0aBcc:c@d.example',
    'smtp://mail.example.com?from=a@b.example,c@d.example',
    'smtp://%ff@mail.example.com?from=a@b.example',
  ])('is not %s', (text) => {
    expect(parseMailServer(text)).toBeNull();
  });
});
