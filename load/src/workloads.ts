// All workloads by name: what each calls and who pays whom in it. A table.
import type { WorkloadName } from './spec.ts';
import type { WorkloadKind } from './workload.ts';
import { AIRDROP } from './workload-airdrop.ts';
import { HOT_ADDRESS } from './workload-hot-address.ts';
import { HOT_CONTRACT } from './workload-hot-contract.ts';
import { POLL } from './workload-poll.ts';
import { TOKEN } from './workload-token.ts';
import { TOKEN_GLOBAL } from './workload-token-global.ts';
import { TRANSFER } from './workload-transfer.ts';

export const KINDS: Readonly<Record<WorkloadName, WorkloadKind>> = {
  Transfer: TRANSFER,
  Token: TOKEN,
  Airdrop: AIRDROP,
  Poll: POLL,
  HotContract: HOT_CONTRACT,
  HotAddress: HOT_ADDRESS,
  TokenGlobal: TOKEN_GLOBAL,
};
