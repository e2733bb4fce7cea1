// Who may bring a built cluster up or down, and that only one at a time does.
import { takeLock } from '../../../rxctl/src/local/lock.ts';
import { ClusterError } from '../errors.ts';
import { LOCK } from './folders.ts';

export function requireRoot(platform: string, uid: number | undefined): void {
  const instead = 'install Docker and kind, or name a cluster with REXNET_KUBECONFIG';
  if (platform !== 'linux')
    throw new ClusterError('NOT_LINUX', `a cluster without Docker runs on Linux, not on ${platform}: ${instead}`);
  if (uid !== 0)
    throw new ClusterError(
      'NOT_ROOT',
      `a cluster without Docker makes namespaces, control groups and a network: become root, ${instead}`,
    );
}

export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  requireRoot(process.platform, process.getuid?.());
  const lock = takeLock(LOCK);
  if ('owner' in lock)
    throw new ClusterError('ALREADY_UP', `process ${lock.owner.pid} brings a cluster up or down: wait for its end`);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
