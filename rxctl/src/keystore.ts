// Keys of people: files only their owner reads, and the dev keys every network of one seed has. It sends nothing.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEV_KEYS, deriveKey, FAUCET_KEY, privateKey, publicKeyOf, signer } from '@rexnet/node/chain/keys.ts';
import { addressOf, formatAddress, parseAddress } from '@rexnet/node/core/address.ts';
import { fromHex, toHex } from '@rexnet/node/core/bytes.ts';
import { CliError, EXIT } from './exit.ts';
import { writeAtomically } from './local/files.ts';
import type { Signer } from './network.ts';

const KEY_NAME = /^[a-z][-a-z0-9]{0,62}$/;
const FOLDER_MODE = 0o700;
const VERSION = 1;

export type StoredKey = {
  readonly name: string;
  readonly address: string;
  readonly origin: 'keystore' | 'testnet seed';
};

export class Keystore {
  readonly #folder: string;
  readonly #seed: number | undefined;

  /** `seed`: of the network at hand, whose dev keys are then known by name as well. */
  constructor(home: string, seed: number | undefined) {
    this.#folder = join(home, '.rexnet', 'keys');
    this.#seed = seed;
  }

  create(name: string): StoredKey {
    if (!KEY_NAME.test(name))
      throw new CliError(
        EXIT.usage,
        `${name} is no name for a key`,
        'use lower-case letters, digits and dashes, beginning with a letter',
      );
    if (this.#devNames().includes(name))
      throw new CliError(EXIT.usage, `${name} is a dev key of this network`, 'choose another name');
    if (existsSync(this.#path(name)))
      throw new CliError(
        EXIT.usage,
        `there is a key ${name} already`,
        'choose another name; a key is never overwritten',
      );
    mkdirSync(this.#folder, { recursive: true, mode: FOLDER_MODE });
    const secret = randomBytes(32);
    const address = formatAddress(addressOf(publicKeyOf(privateKey(secret))));
    writeAtomically(
      this.#path(name),
      `${JSON.stringify({ version: VERSION, name, address, secret: toHex(secret) }, undefined, 2)}\n`,
      'private',
    );
    return { name, address, origin: 'keystore' };
  }

  list(): readonly StoredKey[] {
    const files = existsSync(this.#folder)
      ? readdirSync(this.#folder)
          .filter((file) => file.endsWith('.json'))
          .sort()
      : [];
    const stored = files.map((file): StoredKey => {
      const name = file.slice(0, -'.json'.length);
      return { name, address: formatAddress(this.#read(name).address), origin: 'keystore' };
    });
    return [
      ...stored,
      ...this.#devNames().map(
        (name): StoredKey => ({ name, address: formatAddress(this.signer(name).address), origin: 'testnet seed' }),
      ),
    ];
  }

  /** The key with this name; stored ones come before dev keys. */
  signer(name: string): Signer {
    if (existsSync(this.#path(name))) return this.#read(name);
    if (this.#seed === undefined || !this.#devNames().includes(name)) {
      const known = [...this.#storedNames(), ...this.#devNames()];
      throw new CliError(
        EXIT.usage,
        `there is no key ${name}`,
        known.length === 0
          ? 'make one: rxctl key new NAME'
          : `keys are ${known.join(', ')}; make one: rxctl key new NAME`,
      );
    }
    const { secret, publicKey, address } = deriveKey(this.#seed, name);
    return { name, address, publicKey, sign: signer(secret) };
  }

  /** An address in text form, or the name of a key. */
  address(text: string): Uint8Array {
    if (!text.includes(':')) return this.signer(text).address;
    const address = parseAddress(text);
    if (address === undefined)
      throw new CliError(
        EXIT.usage,
        `${text} is no address`,
        'an address is 58 characters and :ed25519; its checksum must fit',
      );
    return address;
  }

  #devNames(): readonly string[] {
    return this.#seed === undefined ? [] : [...DEV_KEYS, FAUCET_KEY];
  }

  #storedNames(): readonly string[] {
    return existsSync(this.#folder)
      ? readdirSync(this.#folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []))
      : [];
  }

  #path(name: string): string {
    return join(this.#folder, `${KEY_NAME.test(name) ? name : '-'}.json`);
  }

  #read(name: string): Signer {
    const path = this.#path(name);
    try {
      const { secret } = JSON.parse(readFileSync(path, 'utf8')) as { secret: string };
      const bytes = fromHex(secret);
      const publicKey = publicKeyOf(privateKey(bytes));
      return { name, address: addressOf(publicKey), publicKey, sign: signer(bytes) };
    } catch (cause) {
      throw new CliError(EXIT.error, `${path} is no key file`, 'restore it from a copy, or move it away', { cause });
    }
  }
}
