// What one node costs: state, disk, memory, processor, bytes to other nodes. Looks from outside at nodes that run.
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf } from '../local/children.ts';
import { readState } from '../local/state.ts';
import { Scraper } from '../sources/scrape.ts';
import type { BenchNetwork } from './network.ts';
import { parseProcessTimes } from './proc.ts';

const STATE_BYTES = 'rexnet_chain_state_bytes';
const STATE_CELLS = 'rexnet_chain_state_cells';
const PEER_BYTES = 'rexnet_peers_bytes_total';
const WANTED: ReadonlySet<string> = new Set([STATE_BYTES, STATE_CELLS, PEER_BYTES]);
/** st_blocks counts these whatever the file system's own block. */
const BLOCK_BYTES = 512;

/** One node at one moment; sums since its start where a rate is meant. */
export interface NodeLook {
  readonly node: string;
  readonly atMs: number;
  readonly stateBytes: number;
  readonly stateCells: number;
  readonly diskBytes: number;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
  /** Sent and received in gossip. */
  readonly peerBytes: number;
}

export async function lookAtNodes(net: BenchNetwork): Promise<readonly NodeLook[]> {
  const ports = readState(net.folders)?.ports ?? {};
  const scraper = new Scraper();
  try {
    return await Promise.all(
      [...net.nodePids()].map(async ([node, pid]): Promise<NodeLook> => {
        const figures =
          (await scraper.scrape(addressOf(ports, `${node}.metrics`), WANTED)) ?? new Map<string, number>();
        const sum = (name: string): number =>
          [...figures].reduce(
            (total, [key, value]) => (key === name || key.startsWith(`${name}{`) ? total + value : total),
            0,
          );
        const times = parseProcessTimes(readFileSync(`/proc/${pid}/stat`, 'utf8'));
        return {
          node,
          atMs: performance.now(),
          stateBytes: sum(STATE_BYTES),
          stateCells: sum(STATE_CELLS),
          diskBytes: diskBytes(net.folders.node(node)),
          rssBytes: times?.rssBytes ?? Number.NaN,
          cpuSeconds: times?.cpuSeconds ?? Number.NaN,
          peerBytes: sum(PEER_BYTES),
        };
      }),
    );
  } finally {
    scraper.close();
  }
}

/** What files really take, holes left out. */
function diskBytes(folder: string): number {
  return entriesOf(folder).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + diskBytes(path);
    return sum + (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * BLOCK_BYTES;
  }, 0);
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
