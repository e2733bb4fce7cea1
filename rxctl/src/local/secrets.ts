// Every secret of a local network and of its user that lies on this machine: read only to be taken out of what leaves it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cookieFileOf } from '@rexnet/node/bitcoin/command.ts';
import { DEV_KEYS, deriveKey, FAUCET_KEY } from '@rexnet/node/chain/keys.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { readIfThere } from './files.ts';
import type { Folders } from './folders.ts';
import { readState } from './state.ts';

export function secretsOf(folders: Folders, home: string): readonly string[] {
  const governance = readIfThere(folders.governance)?.trim();
  const cookie = readIfThere(cookieFileOf(folders.bitcoin))?.trim();
  const seed = readState(folders)?.spec.seed;
  return [
    ...(governance === undefined ? [] : [governance]),
    ...(cookie === undefined ? [] : [cookie, cookie.split(':')[1] ?? '']),
    ...keystoreSecrets(home),
    ...(seed === undefined ? [] : seedSecrets(seed)),
  ];
}

/** Public by design, and yet keys. */
export function seedSecrets(seed: number): readonly string[] {
  return [...DEV_KEYS, FAUCET_KEY].map((name) => toHex(deriveKey(seed, name).secret));
}

export function keystoreSecrets(home: string): readonly string[] {
  const folder = join(home, '.rexnet', 'keys');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const text = readIfThere(join(folder, name)) ?? '';
    try {
      const { secret } = JSON.parse(text) as { readonly secret?: unknown };
      return typeof secret === 'string' ? [secret] : [];
    } catch {
      return [];
    }
  });
}
