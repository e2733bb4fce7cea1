// Where the nodes of a network answer, and its genesis file: all that talking to it needs, whether a folder, the mounted files of
// a pod or a cluster knows it. It opens no connection.
import { readFileSync } from 'node:fs';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { CliError, EXIT } from './exit.ts';

export type NodeAddress = { readonly node: string; readonly grpc: string };
export type NodeTable = ReadonlyMap<number, readonly NodeAddress[]>;

export interface NetworkPlace {
  /** The nodes of every group; another map when the list has changed. */
  nodes(): NodeTable;
  genesis(): Uint8Array;
  /** How long the way to a node and back may take; as long as on one machine when absent. */
  readonly answerMaxMs?: number;
}

type PeerFile = { readonly groups: Readonly<Record<string, readonly NodeAddress[]>> };

/** The files are read when they are first needed. */
export function placeOfFiles({ genesis, peers }: { readonly genesis: string; readonly peers: string }): NetworkPlace {
  let table: NodeTable | undefined;
  return {
    nodes: () => {
      table ??= nodesOf(readFileSync(peers, 'utf8'), peers);
      return table;
    },
    genesis: () => readFileSync(genesis),
  };
}

/** What a peers file says; `name` is for who has to correct it. */
export function nodesOf(text: string, name: string): NodeTable {
  try {
    const { groups } = JSON.parse(text) as PeerFile;
    return new Map(Object.entries(groups).map(([group, nodes]) => [Number(group), nodes]));
  } catch (cause) {
    throw new CliError(
      EXIT.usage,
      `${name} is no list of nodes`,
      'write {"groups": {"0": [{"node", "grpc", "peer"}]}}',
      {
        cause,
      },
    );
  }
}

/** Dev keys of the network derive from it. */
export function seedOf(place: NetworkPlace): number {
  return readGenesis(place.genesis()).genesis.seed;
}
