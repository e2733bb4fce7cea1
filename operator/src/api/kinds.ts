// Every kind of ours. A table.
import { CONSENSUS_GROUP } from './consensus-group.ts';
import { LOAD_TEST } from './load-test.ts';
import { SHARD_MAP } from './shard-map.ts';
import { TESTNET } from './testnet.ts';

/** What people write first comes first. */
export const KINDS = [TESTNET, LOAD_TEST, CONSENSUS_GROUP, SHARD_MAP] as const;
