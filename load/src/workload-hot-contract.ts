// One token, some of whose holders pay and are paid far more than others, as keys of real stores are (Zipf, 0.99). Scopes keep
// the contract from being the limit; its busiest holders still live in one partition each.
import type { WorkloadKind } from './workload.ts';
import { TOKEN } from './workload-token.ts';

export const HOT_CONTRACT: WorkloadKind = { ...TOKEN, pairs: { skew: 'zipf' } };
