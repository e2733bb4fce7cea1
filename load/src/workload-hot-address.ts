// Everybody pays one address: its group runs all credits, and no number of groups helps it. Reported as such.
import type { WorkloadKind } from './workload.ts';
import { TOKEN } from './workload-token.ts';

export const HOT_ADDRESS: WorkloadKind = { ...TOKEN, pairs: { skew: 'one' } };
