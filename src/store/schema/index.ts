export * from './accounts.ts';
export * from './certificates.ts';
export * from './mail.ts';
export * from './oauth.ts';
export * from './privacy.ts';
export * from './registers.ts';
export * from './tls.ts';
export * from './verification.ts';
