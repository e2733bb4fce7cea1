// How far the Job that deploys contracts has come, in the form of the laptop's status. Pure. The Job deploys all or none; only when one
// fails it says which, and those before it are there.
import type { V1Job } from '@kubernetes/client-node';
import type { ContractObserved } from '../status.ts';

/** `detail`: what is known of its trouble; `rxctl deploy-all` begins it with the name of the contract that failed. */
export function contractsSeen(
  names: readonly string[],
  job: Pick<V1Job, 'status'> | undefined,
  detail: string | undefined,
): readonly ContractObserved[] {
  if (isComplete(job)) return names.map((name) => ({ name, state: 'Deployed' }));
  const named = names.findIndex((name) => detail?.startsWith(`${name}: `));
  if (detail !== undefined && named >= 0)
    return names.map((name, index) => {
      if (index < named) return { name, state: 'Deployed' };
      return index > named
        ? { name, state: 'Waiting' }
        : { name, state: 'Failed', detail: detail.slice(name.length + 2) };
    });
  const failed = job?.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True');
  return names.map((name, index) => {
    if (failed !== undefined && index === 0)
      return { name, state: 'Failed', detail: detail ?? failed.message ?? 'no reason given' };
    return { name, state: 'Waiting', ...(detail === undefined || index > 0 ? {} : { detail }) };
  });
}

export function isComplete(job: Pick<V1Job, 'status'> | undefined): boolean {
  return (job?.status?.succeeded ?? 0) > 0;
}
