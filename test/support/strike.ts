import postgres from 'postgres';
import type { Installation } from './installation.ts';

/** Kills the process of one of the server's connections: Postgres then ends every other, and recovers from its log as after a crash. */
export async function strikePostgres(
  { adminUrl }: Pick<Installation, 'adminUrl'>,
  connection: 'certveil' | 'certveil tools',
): Promise<void> {
  const admin = postgres(adminUrl ?? '', { max: 1, onnotice: () => undefined });
  const [backend] = await admin<{ pid: number }[]>`select pid from pg_stat_activity where application_name = ${connection} limit 1`;
  if (!backend) throw new Error('the server has no connection');
  process.kill(backend.pid, 'SIGKILL');
  await admin.end();
}
