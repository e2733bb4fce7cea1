// How far the Job that deploys contracts has come, in the form of the laptop's status. Pure. The Job deploys all or none: it
// says of no single contract that it is there.
import type { V1Job } from '@kubernetes/client-node';
import type { ContractObserved } from '../status.ts';

export function contractsSeen(
  names: readonly string[],
  job: Pick<V1Job, 'status'> | undefined,
  detail: string | undefined,
): readonly ContractObserved[] {
  if (isComplete(job)) return names.map((name) => ({ name, state: 'Deployed' }));
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
