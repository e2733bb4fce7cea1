// What transactions of a load do, by name. The same words as the load generator knows, which may not be imported here; a test
// holds the two against each other.
export const WORKLOADS = ['Token', 'Transfer', 'Airdrop', 'Poll', 'HotContract', 'HotAddress', 'TokenGlobal'] as const;

export const WORKLOAD_MEANING =
  'What the transactions do. Token, Airdrop, Poll and TokenGlobal call the shipped contract of that name (token, airdrop, poll, token_global), which spec.contracts of the Testnet must list; Transfer calls none. HotContract and HotAddress call token with few popular receivers, or one.';
