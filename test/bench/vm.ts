// bench vm: token transfers through the virtual machine on one core, alone, and in turns with the peers on the same work:
// anvil's loop and ethereumjs. A peer this machine does not have is named, and nothing fails.

import { anvil } from './peers/anvil.ts';
import { ethereumjs } from './peers/ethereumjs.ts';
import type { Peer } from './peers/peer.ts';
import { median, type Row } from './shared/figures.ts';
import { FUNDS, type VmTimes, VmTransfers } from './shared/vm-transfers.ts';

const BLOCKS_PER_ROUND = 12;
const WARM_ROUNDS = 4;
/** Rounds that count, and rounds tried to get them: one that waited for the processor is measured again. */
const ROUNDS = 9;
const MAX_ROUNDS = 60;
const MAX_WAITING = 0.02;
/** Rounds with the peers, each of them and of us at least so long. */
const PAIRED_ROUNDS = 7;
const PAIRED_MS = 2_000;
const PAIRED_ACCOUNTS = 100_000;
/** What a peer is asked for first, to learn how fast it is. */
const FIRST_TRANSFERS = 2_000;
const MAX_TRANSFERS_PER_CALL = 400_000;

const PEERS = [anvil, ethereumjs] as const;

interface Solo {
  readonly perSecond: number;
  readonly commitNs: number;
  readonly disturbed: number;
  /** False: the machine was too busy, so time in which others had the core is left out. */
  readonly isClean: boolean;
}

const perSecond = ({ transfers, executing }: VmTimes, how: 'wallMs' | 'ownMs'): number =>
  (transfers * 1_000) / executing[how];

function alone(ours: VmTransfers): Solo {
  const clean: VmTimes[] = [];
  const disturbed: VmTimes[] = [];
  for (let n = 0; clean.length < ROUNDS && n < MAX_ROUNDS; n++) {
    const times = ours.run(BLOCKS_PER_ROUND);
    if (n >= WARM_ROUNDS) (times.executing.waiting > MAX_WAITING ? disturbed : clean).push(times);
  }
  const isClean = clean.length >= ROUNDS;
  const rounds = isClean ? clean : clean.concat(disturbed);
  return {
    perSecond: median(rounds.map((times) => perSecond(times, isClean ? 'wallMs' : 'ownMs'))),
    commitNs: median(rounds.map(({ committing, transfers }) => (committing.ownMs * 1e6) / transfers)),
    disturbed: disturbed.length,
    isClean,
  };
}

interface Paired {
  readonly ratios: number[];
  /** Transfers per second of its own time. */
  readonly theirs: number[];
}

/** At least PAIRED_MS of it; answers transfers per second of its own time. */
async function peerRound(peer: Peer, transfersPerCall: number): Promise<number> {
  let done = 0;
  let spent = 0;
  while (spent < PAIRED_MS) {
    const { transfers, ms } = await peer.run(transfersPerCall);
    done += transfers;
    spent += ms;
  }
  return (done * 1_000) / spent;
}

function ourRound(ours: VmTransfers): number {
  let done = 0;
  let spent = 0;
  while (spent < PAIRED_MS) {
    const { transfers, executing } = ours.run(BLOCKS_PER_ROUND);
    done += transfers;
    spent += executing.ownMs;
  }
  return (done * 1_000) / spent;
}

/** We, one peer, the next, we again: ratios of rounds that lie beside each other. */
async function beside(ours: VmTransfers, peers: readonly Peer[]): Promise<Map<Peer, Paired>> {
  const paired = new Map(peers.map((peer): [Peer, Paired] => [peer, { ratios: [], theirs: [] }]));
  const perCall = new Map<Peer, number>();
  for (const peer of peers) {
    const { transfers, ms } = await peer.run(FIRST_TRANSFERS);
    perCall.set(peer, Math.min(MAX_TRANSFERS_PER_CALL, Math.ceil((transfers / ms) * PAIRED_MS)));
  }
  for (let n = 0; n <= PAIRED_ROUNDS; n++) {
    const own = ourRound(ours);
    for (const [peer, { ratios, theirs }] of paired) {
      const other = await peerRound(peer, perCall.get(peer)!);
      // The first of each is warming up.
      if (n === 0) continue;
      ratios.push(own / other);
      theirs.push(other);
    }
  }
  return paired;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
const rows: Row[] = [];
const skipped: { readonly name: string; readonly reason: string }[] = [];

for (const [name, accounts, floor, goal] of [
  ['vm.transfer.100k', PAIRED_ACCOUNTS, 3_000_000, 3_500_000],
  ['vm.transfer.1m', 1_000_000, 2_000_000, 3_000_000],
] as const) {
  const ours = new VmTransfers(accounts);
  const { perSecond: rate, commitNs, disturbed, isClean } = alone(ours);
  const anchors: Record<string, number> = {
    evmone: 444_000,
    commitNsPerTransfer: Math.round(commitNs),
    disturbedRounds: disturbed,
    byProcessorTime: isClean ? 0 : 1,
  };
  const how = isClean ? '' : ', by processor time: the machine is busy';
  process.stderr.write(
    `${name}: ${rounded(rate / 1e6)} M transfers/s (floor ${floor / 1e6}, goal ${goal / 1e6}${how})\n`,
  );
  rows.push({ name, value: Math.round(rate), unit: 'transfers/s', floor, goal, anchors });
  if (accounts === PAIRED_ACCOUNTS) await compare(ours, anchors);
  ours.check();
}
console.log(JSON.stringify({ rows, skipped }));

async function compare(ours: VmTransfers, anchors: Record<string, number>): Promise<void> {
  const peers: Peer[] = [];
  try {
    for (const make of PEERS) {
      const found = await make(PAIRED_ACCOUNTS, FUNDS);
      if ('missing' in found) {
        skipped.push({ name: `vm.times.${found.name}`, reason: found.missing });
        process.stderr.write(`skipped: ${found.name}, because ${found.missing}\n`);
      } else peers.push(found);
    }
    if (peers.length === 0) return;
    for (const [{ name, floor, goal }, { ratios, theirs }] of await beside(ours, peers)) {
      const value = rounded(median(ratios));
      const rate = Math.round(median(theirs));
      anchors[name] = rate;
      rows.push({
        name: `vm.times.${name}`,
        value,
        unit: `times the transfers/s of ${name}`,
        ...(floor === undefined || goal === undefined ? {} : { floor, goal }),
        anchors: {
          [name]: rate,
          leastRatio: rounded(Math.min(...ratios)),
          mostRatio: rounded(Math.max(...ratios)),
          rounds: ratios.length,
        },
      });
      process.stderr.write(`vm.times.${name}: ${value} (${name} ${rate} transfers/s)\n`);
    }
  } finally {
    for (const peer of peers) await peer.close();
  }
}
