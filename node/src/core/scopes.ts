// The scopes state is partitioned by: their numbers on the wire and the size of their keys.

export type ScopeName =
  | 'account'
  | 'address'
  | 'shard'
  | 'global'
  | 'uint32'
  | 'uint64'
  | 'uint128'
  | 'uint256'
  | 'uint512';

/** Index = number on the wire. `targetBytes` is what a transaction names to pick an instance; a shard is picked by its partition. */
export const SCOPES: readonly { readonly name: ScopeName; readonly keyBytes: number; readonly targetBytes: number }[] =
  [
    { name: 'account', keyBytes: 36, targetBytes: 36 },
    { name: 'address', keyBytes: 36, targetBytes: 36 },
    { name: 'shard', keyBytes: 0, targetBytes: 4 },
    { name: 'global', keyBytes: 0, targetBytes: 0 },
    { name: 'uint32', keyBytes: 4, targetBytes: 4 },
    { name: 'uint64', keyBytes: 8, targetBytes: 8 },
    { name: 'uint128', keyBytes: 16, targetBytes: 16 },
    { name: 'uint256', keyBytes: 32, targetBytes: 32 },
    { name: 'uint512', keyBytes: 64, targetBytes: 64 },
  ];

export const SCOPE = {
  account: 0,
  address: 1,
  shard: 2,
  global: 3,
  uint32: 4,
  uint64: 5,
  uint128: 6,
  uint256: 7,
  uint512: 8,
} as const satisfies Record<ScopeName, number>;

/** The partition number of all `@global` state, and of every group's replica of it. */
export const GLOBAL_PARTITION = 65535;
export const REPLICA_PARTITION = 65534;
