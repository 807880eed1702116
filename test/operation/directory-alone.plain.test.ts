import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverProgram } from '../support/server-build.ts';

/** Loads the product, waits for a line, opens the directory, says what came of it, and holds it until its input ends. */
const contender = `
  const [program, directory, platform] = process.argv.slice(1);
  if (platform) Object.defineProperty(process, 'platform', { value: platform });
  const { openEmbedded } = await import(program);
  process.stdin.once('data', async () => {
    const said = await openEmbedded({ directory }).then(() => 'opened', (error) => error.name);
    process.stdout.write(said + '\\n');
    if (said !== 'opened') process.exit();
  });
  process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL'));
  process.stdout.write('loaded\\n');
`;

interface Contender {
  open(): Promise<string>;
  /** SIGKILL: it leaves whatever a crash leaves. */
  kill(): Promise<void>;
}

describe('a DATA_DIR belongs to one process', { timeout: 120_000 }, () => {
  let directory: string;
  let program: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'certveil-alone-'));
    program = pathToFileURL(join(dirname(await serverProgram()), 'store/engine/embedded.js')).href;
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function contend(platform = ''): Promise<Contender> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', contender, '--', program, directory, platform]);
    const line = async () => String((await once(child.stdout, 'data'))[0]).trim();
    const ended = once(child, 'close');
    expect(await line()).toBe('loaded');
    return {
      open: () => {
        const said = line();
        child.stdin.write('open\n');
        return said;
      },
      kill: async () => {
        child.stdin.end();
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  it('of several that start at the same moment one has it, also over the lock of one that was killed', async () => {
    for (let round = 0; round < 2; round += 1) {
      const all = await Promise.all(Array.from({ length: 3 }, () => contend()));
      const said = await Promise.all(all.map((each) => each.open()));
      expect(said.toSorted()).toEqual([...Array.from({ length: 2 }, () => 'DirectoryInUse'), 'opened']);
      await Promise.all(all.map((each) => each.kill()));
    }
  });

  it('one that shares only the directory, as from another container, is refused by the socket in it', async () => {
    const [first, elsewhere] = await Promise.all([contend(), contend('another')]);
    expect(await first.open()).toBe('opened');
    expect(await elsewhere.open()).toBe('DirectoryInUse');
    await first.kill();
    const next = await contend('another');
    expect(await next.open()).toBe('opened');
    await next.kill();
    await elsewhere.kill();
  });
});
