import { spawnSync } from 'node:child_process';

/** The commit that the tree is at; null where it has changes, or is no repository. */
export function commitOf(root) {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const changes = git('status', '--porcelain', '--untracked-files=no');
  const head = git('rev-parse', 'HEAD');
  return changes.status === 0 && changes.stdout === '' && head.status === 0 ? head.stdout.trim() : null;
}
