// Tables of docs/protocol.md that come from tables of the code.
import { LEDGER_SCOPE } from '@rexnet/node/chain/cell-entries.ts';
import { CONSTANTS, DEFAULT_BITCOIN_INTERVAL_MS, DEFAULT_CHAIN } from '@rexnet/node/chain/genesis.ts';
import { SCOPES } from '@rexnet/node/core/scopes.ts';
import { table } from './table.ts';

/** Every tag and what is hashed under it; generate-docs refuses a tag of the code that is not here. */
export const TAGS: Readonly<Record<string, string>> = {
  'rexnet/list': 'list roots',
  'rexnet/map-update': 'a map update as a leaf of the transactions root',
  'rexnet/bitcoin-headers': 'the listed Bitcoin headers as a leaf of the transactions root',
  'rexnet/batch': 'a batch as a leaf of the outbox root',
  'rexnet/accumulator': "a block's diff of one partition",
  'rexnet/system': 'System bytes in the state root',
  'rexnet/state': 'state roots',
  'rexnet/checkpoint': 'all cells of one partition',
  'rexnet/shard-map': 'a shard map',
  'rexnet/testnet-key': 'secrets of public test keys',
};

/** Prefixes of signed messages; not hashed. */
export const SIGNATURE_TAGS: readonly string[] = ['rexnet/transaction/1', 'rexnet/map-update/1'];

const LEDGER_CELLS: Readonly<Record<keyof typeof LEDGER_SCOPE, readonly [key: string, value: string]>> = {
  account: ['address', 'nonce u64 ‖ balance u64 (msat)'],
  queue: ['sequence u64 big-endian', 'the waiting record'],
  deferred: ['sequence u64 big-endian', 'the deferred call'],
  bounds: ['empty', 'FIFO first u64 ‖ FIFO end u64 ‖ deferred first u64 ‖ deferred end u64'],
  registry: [
    'empty; contract id u64 big-endian; `d` and a DApp name; `n` and `DApp.Contract`',
    'next id u64; RegistryRow; address of the owner; newest id u64',
  ],
  bitcoin: ['sequence u64 big-endian', 'a recorded Bitcoin header, 80 bytes (group 0)'],
  joining: ['group id u64 big-endian', 'empty; the next block tells the group the global state (group 0)'],
};

const NOTES: Readonly<Record<string, string>> = {
  bitcoinIntervalMs: 'not in genesis; decides parentTarget',
  floorHashes: 'decides floorTarget',
  asertParentHashes: 'decides parentTarget under Asert',
};

function genesisDefaults(): string {
  const all = { ...DEFAULT_CHAIN, ...CONSTANTS, bitcoinIntervalMs: DEFAULT_BITCOIN_INTERVAL_MS };
  const rows = Object.entries(all).map(([name, value]) => [name, `${value}`, NOTES[name] ?? '']);
  return table(['constant', 'default', ''], rows);
}

export const TABLES: Readonly<Record<string, () => string>> = {
  scopes: () =>
    table(
      ['number', 'scope', 'bytes of a target', 'bytes of a cell or record key'],
      SCOPES.map(({ name, keyBytes, targetBytes }, i) => [i, name, targetBytes, keyBytes]),
    ),
  tags: () =>
    table(
      ['tag', 'of'],
      Object.entries(TAGS).map(([tag, of]) => [`\`${tag}\``, of]),
    ),
  ledger: () =>
    table(
      ['scope', 'cells', 'key', 'value'],
      Object.entries(LEDGER_SCOPE).map(([name, scope]) => [
        scope,
        name,
        ...LEDGER_CELLS[name as keyof typeof LEDGER_SCOPE],
      ]),
    ),
  genesisDefaults,
};
