// More groups for a network that runs: what was wished, and telling group 0 by an update signed with the governance key of
// the network's folder. It starts no process and takes no group away: none can leave yet.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { growthOf } from '@rexnet/node/chain/growth.ts';
import { privateKey, publicKeyOf, signer } from '@rexnet/node/chain/keys.ts';
import { HOME_GROUP } from '@rexnet/node/chain/shard-map.ts';
import { Connection } from '@rexnet/node/client/connection.ts';
import { Submitter } from '@rexnet/node/client/submit.ts';
import { fromHex } from '@rexnet/node/core/bytes.ts';
import { readIfThere, writeAtomically } from './files.ts';
import type { Folders } from './folders.ts';

/** A node that does not answer is asked again at the next look. */
const PATIENCE_MS = 2_000;

function wishFile({ root }: Folders): string {
  return join(root, 'groups-wish');
}

/** Groups that `rxctl scale` asked for; undefined while nobody did. */
export function readGroupsWish(folders: Folders): number | undefined {
  const groups = Number(readIfThere(wishFile(folders)) ?? Number.NaN);
  return Number.isSafeInteger(groups) && groups > 0 ? groups : undefined;
}

export function writeGroupsWish(folders: Folders, groups: number): void {
  writeAtomically(wishFile(folders), `${groups}\n`);
}

/** `grown`: the map names them all. `told`: group 0 knows and will say so in a block. */
export type Growth = 'grown' | 'told';

/** Throws when no node of group 0 answers. */
export async function growNetwork(folders: Folders, home: readonly string[], wanted: number): Promise<Growth> {
  const connection = await Connection.open(new Map([[HOME_GROUP, home]]), { patienceMs: PATIENCE_MS });
  try {
    const network = readGenesis(readFileSync(folders.genesis));
    const seen = await connection.ask(HOME_GROUP, (node) => node.status(), { patienceMs: PATIENCE_MS });
    const secret = fromHex(readFileSync(folders.governance, 'utf8').trim());
    const publicKey = publicKeyOf(privateKey(secret));
    const growth = growthOf(network, seen, wanted, { publicKey, sign: signer(secret) });
    if (growth === undefined) return 'grown';
    const submitter = new Submitter(connection);
    try {
      // A refusal means that the map has changed since we looked: we look again.
      await submitter.submit([growth], { group: HOME_GROUP, patienceMs: PATIENCE_MS });
    } finally {
      submitter.close();
    }
    return 'told';
  } finally {
    connection.close();
  }
}
