// Keys every network of one seed has: faucet, developers, load accounts. They are public knowledge and must never guard value.
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { addressOf } from '../core/address.ts';
import { concatBytes, viewOf } from '../core/bytes.ts';
import { taggedHash } from '../core/hash.ts';
import { publicKeyOfSecret } from '../core/sodium.ts';

export const FAUCET_KEY = 'faucet';
export const DEV_KEYS: readonly string[] = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
const LOAD_ACCOUNTS_PER_GROUP = 1_000;
/** Of a network: with more of them genesis would not fit into a ConfigMap. */
const LOAD_ACCOUNTS_MAX = 20_000;

export interface DerivedKey {
  readonly name: string;
  /** The 32-byte Ed25519 secret. */
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly address: Uint8Array;
}

/** Load accounts that the genesis of so many groups funds: 1,000 for each of the first twenty. */
export function loadAccountCount(groups: number): number {
  return Math.min(groups * LOAD_ACCOUNTS_PER_GROUP, LOAD_ACCOUNTS_MAX);
}

/** Load accounts are numbered through all groups and spread over partitions by their keys. */
export function loadKeyName(index: number): string {
  return `load/${index}`;
}

const utf8 = new TextEncoder();

function secretOf(seed: number, name: string): Uint8Array {
  const salt = new Uint8Array(8);
  viewOf(salt).setBigUint64(0, BigInt(seed), true);
  return taggedHash('rexnet/testnet-key', salt, utf8.encode(name));
}

export function deriveKey(seed: number, name: string): DerivedKey {
  const secret = secretOf(seed, name);
  const publicKey = publicKeyOfSecret(secret);
  return { name, secret, publicKey, address: addressOf(publicKey) };
}

/** DER before the 32 secret bytes of a PKCS #8 Ed25519 key. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

export function privateKey(secret: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(concatBytes([PKCS8_HEAD, secret])), format: 'der', type: 'pkcs8' });
}

/** Of a private key. By way of JWK, because making a public KeyObject of it takes half as long as the private one did. */
export function publicKeyOf(key: KeyObject): Uint8Array {
  return Uint8Array.from(Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url'));
}

/** What transactions are signed with, for keys of any origin. */
export function signer(secret: Uint8Array): (message: Uint8Array) => Uint8Array {
  const key = privateKey(secret);
  return (message) => Uint8Array.from(sign(null, message, key));
}
