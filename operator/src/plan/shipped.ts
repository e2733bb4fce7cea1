// The contracts that come with Rexnet and need no source in a testnet.yaml: their file and what their deployment is given.
// A table; it reads and deploys nothing.
import type { WORKLOADS } from '../api/workloads.ts';

/** Stands for the address of whoever deploys. */
export const DEPLOYER = '$deployer';

export type ShippedContract = {
  readonly file: string;
  readonly contract: string;
  readonly args: readonly (string | readonly string[])[];
};

export const SHIPPED: Readonly<Record<string, ShippedContract>> = {
  token: { file: 'token.prd', contract: 'Token', args: ['RXT', '1000000000000000000', DEPLOYER] },
  poll: { file: 'poll.prd', contract: 'Poll', args: ['Which colour?', ['red', 'green', 'blue'], DEPLOYER] },
  // What a token is without scopes, to be compared with; benches use it.
  token_global: {
    file: 'token-global.prd',
    contract: 'TokenGlobal',
    args: ['RXT', '1000000000000000000', DEPLOYER],
  },
  airdrop: { file: 'airdrop.prd', contract: 'Airdrop', args: ['1000000000000', '1000', DEPLOYER] },
};

/** The contract each workload calls, by its name in the table above. */
export const CONTRACT_OF: Readonly<Record<(typeof WORKLOADS)[number], string | undefined>> = {
  Token: 'token',
  Transfer: undefined,
  Airdrop: 'airdrop',
  Poll: 'poll',
  HotContract: 'token',
  HotAddress: 'token',
  TokenGlobal: 'token_global',
};

/** The dev key that deploys what a Testnet asks for, and owns it. */
export const DEPLOYER_KEY = 'alice';
