// What the machine itself gives for more threads: the same work on one thread and on all cores, in turns. Nothing of ours is in
// it, so it is the ceiling for what is (perf.md 4.1).
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { median } from '@rexnet/load/verdict/statistics.ts';

const ROUNDS = 3;
const SPIN_MS = 700;
/** Larger than a core's own caches: what groups do is look-ups in memory as much as sums. */
const TABLE_BYTES = 32 * 2 ** 20;

/** Dependent sums and random reads for a while; answers how many. */
const SPIN = `
const { parentPort, workerData: { ms, bytes } } = require('node:worker_threads');
const table = new Uint32Array(bytes / 4).map((_, i) => Math.imul(i, 2654435761));
parentPort.once('message', () => {
  const end = performance.now() + ms;
  let at = 1, count = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 20000; i++) at = (Math.imul(at, 1664525) + 1013904223 + table[(at >>> 8) & (table.length - 1)]) >>> 0;
    count += 20000;
  }
  parentPort.postMessage(count + (at & 1));
});
parentPort.postMessage('ready');
`;

export interface Calibration {
  readonly cores: number;
  /** How much more all cores together do than one. */
  readonly speedup: number;
}

export async function calibrate(signal: AbortSignal): Promise<Calibration> {
  const cores = availableParallelism();
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    signal.throwIfAborted();
    const alone = await spin(1);
    ratios.push((await spin(cores)) / alone);
  }
  return { cores, speedup: median(ratios) };
}

async function spin(threads: number): Promise<number> {
  const workers = Array.from(
    { length: threads },
    () => new Worker(SPIN, { eval: true, workerData: { ms: SPIN_MS, bytes: TABLE_BYTES } }),
  );
  try {
    await Promise.all(workers.map(said));
    const counts = workers.map(said);
    for (const worker of workers) worker.postMessage('go');
    return (await Promise.all(counts)).reduce<number>((sum, count) => sum + Number(count), 0);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function said(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
