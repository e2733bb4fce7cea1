// The Secrets of a Testnet, from random bytes that are given. Made once by POST and never written again: the bytes of a second
// attempt are others, and what exists counts.
import { createHmac } from 'node:crypto';
import type { V1Secret } from '@kubernetes/client-node';
import { toHex } from '@rexnet/node/core/bytes.ts';
import type { KubeInput } from './input.ts';
import { type Part, partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { PORT } from './pod.ts';

export const GOVERNANCE_KEY = 'governance.key';
export const GOVERNANCE_BYTES = 32;
export const BITCOIND_CONF = 'bitcoin.conf';
export const BITCOIND_COOKIE = 'cookie';
const PASSWORD_BYTES = 32;
const SALT_BYTES = 16;
export const CREDENTIAL_BYTES: number = PASSWORD_BYTES + SALT_BYTES;
const RPC_USER = 'rexnet';

/** Private half of the key that signs map updates, as hex. */
export function governanceSecret(input: KubeInput, random: Uint8Array): V1Secret {
  exactly(random, GOVERNANCE_BYTES);
  return secret(input, 'governance', { [GOVERNANCE_KEY]: `${toHex(random)}\n` });
}

/** What bitcoind reads, with a hash of the password, and what the miner reads, in the form of a cookie file. */
export function bitcoindSecret(input: KubeInput, random: Uint8Array): V1Secret {
  exactly(random, CREDENTIAL_BYTES);
  const password = toHex(random.subarray(0, PASSWORD_BYTES));
  const salt = toHex(random.subarray(PASSWORD_BYTES));
  const hash = createHmac('sha256', salt).update(password).digest('hex');
  return secret(input, 'bitcoind', {
    [BITCOIND_CONF]: bitcoindConf(`${RPC_USER}:${salt}$${hash}`),
    [BITCOIND_COOKIE]: `${RPC_USER}:${password}`,
  });
}

/** A chain of its own that talks to nobody but callers with the password; the NetworkPolicy is the other fence. */
function bitcoindConf(rpcauth: string): string {
  return [
    'regtest=1',
    'server=1',
    'listen=0',
    'dnsseed=0',
    'fixedseeds=0',
    'discover=0',
    'natpmp=0',
    'fallbackfee=0.0002',
    'dbcache=32',
    'maxmempool=50',
    'par=1',
    `rpcauth=${rpcauth}`,
    '[regtest]',
    'connect=0',
    'rpcbind=0.0.0.0',
    'rpcallowip=0.0.0.0/0',
    `rpcport=${PORT.bitcoind}`,
    '',
  ].join('\n');
}

function secret(input: KubeInput, part: Part, texts: Readonly<Record<string, string>>): V1Secret {
  const data = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: testnetMeta(input, partName(input.testnet.name, part), part === 'bitcoind' ? 'bitcoind' : 'network'),
    type: 'Opaque',
    immutable: true,
    data: Object.fromEntries(data),
  };
}

function exactly({ length }: Uint8Array, bytes: number): void {
  if (length !== bytes) throw new RangeError(`${bytes} random bytes are needed, not ${length}`);
}
