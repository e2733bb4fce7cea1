// The miner's hashing thread: searches one job at a time in slices short enough to take a new job at once,
// and rests between them so that on average it uses no more than its share of a core.
import { parentPort, workerData } from 'node:worker_threads';
import { HeaderSearch, type TargetWords, targetWords } from './midstate.ts';
import type { GrindJob } from './ports.ts';

export type GrindRequest = { readonly kind: 'start'; readonly job: GrindJob } | { readonly kind: 'rest' };
export type GrindReport =
  | { readonly kind: 'hit'; readonly jobId: number; readonly nonce: number; readonly hashes: number }
  | { readonly kind: 'exhausted'; readonly jobId: number; readonly hashes: number }
  | { readonly kind: 'hashes'; readonly hashes: number };

const SLICE_MS = 2;
/** Unused time saved up for the next beat: a floor target takes under a millisecond and must not wait for a turn. */
const CREDIT_MAX_MS = 20;
/** A tenth of a slice at the slowest plausible speed. */
const FIRST_SLICE_HASHES = 200;
const SLICE_HASHES_MAX = 20_000;
const REPORT_EVERY_MS = 1_000;
const NONCES = 2 ** 32;

const port = parentPort;
if (port === null) throw new Error('grind.worker.ts runs as a worker thread only');
const { cpuShare } = workerData as { cpuShare: number };

let current:
  | { readonly id: number; readonly search: HeaderSearch; readonly target: TargetWords; left: number }
  | undefined;
let sliceHashes = FIRST_SLICE_HASHES;
let creditMs = CREDIT_MAX_MS;
let creditedAtMs = performance.now();
let unreported = 0;
let reportedAtMs = performance.now();
let isScheduled = false;

port.on('message', (request: GrindRequest) => {
  switch (request.kind) {
    case 'start': {
      const { id, header, target, firstNonce } = request.job;
      current = { id, search: new HeaderSearch(header, firstNonce), target: targetWords(target), left: NONCES };
      if (!isScheduled) slice();
      return;
    }
    case 'rest':
      current = undefined;
      return;
    default:
      throw new Error(`unknown request ${JSON.stringify(request satisfies never)}`);
  }
});

/** One slice of the current job, then a yield for messages, or a rest when the share is used up. */
function slice(): void {
  isScheduled = false;
  const job = current;
  if (job === undefined) return;
  const beganMs = performance.now();
  creditMs = Math.min(CREDIT_MAX_MS, creditMs + (beganMs - creditedAtMs) * cpuShare);
  creditedAtMs = beganMs;

  const from = job.search.nextNonce;
  const count = Math.min(sliceHashes, job.left);
  const nonce = job.search.find(job.target, count);
  const tried = nonce === undefined ? count : ((nonce - from) >>> 0) + 1;
  job.left -= tried;
  unreported += tried;

  const spentMs = performance.now() - beganMs;
  creditMs -= spentMs;
  if (tried === sliceHashes) adapt(spentMs);
  report(job, nonce);
  if (current === undefined) return;
  isScheduled = true;
  if (creditMs > 0) setImmediate(slice);
  else setTimeout(slice, Math.ceil((SLICE_MS - creditMs) / cpuShare));
}

function adapt(spentMs: number): void {
  const fitting = (sliceHashes * SLICE_MS) / Math.max(spentMs, 0.05);
  sliceHashes = Math.max(FIRST_SLICE_HASHES, Math.min(SLICE_HASHES_MAX, Math.floor((sliceHashes + fitting) / 2)));
}

function report(job: { readonly id: number; readonly left: number }, nonce: number | undefined): void {
  if (nonce !== undefined) {
    current = undefined;
    post({ kind: 'hit', jobId: job.id, nonce, hashes: unreported });
  } else if (job.left === 0) {
    current = undefined;
    post({ kind: 'exhausted', jobId: job.id, hashes: unreported });
  } else if (performance.now() - reportedAtMs > REPORT_EVERY_MS) {
    post({ kind: 'hashes', hashes: unreported });
  }
}

function post(message: GrindReport): void {
  unreported = 0;
  reportedAtMs = performance.now();
  port?.postMessage(message);
}
