// The main thread's end of the hashing worker. Jobs go in, hits come out; a worker that dies is an error for whoever owns it.
import { Worker } from 'node:worker_threads';
import type { GrindReport, GrindRequest } from './grind.worker.ts';
import type { Grinder, GrindListener } from './ports.ts';

export interface GrinderOptions {
  /** Of one core, above 0 and at most 1. */
  readonly cpuShare: number;
  readonly onFailure: (error: Error) => void;
}

export function createGrinder(listener: GrindListener, options: GrinderOptions): Grinder {
  const { cpuShare, onFailure } = options;
  if (!(cpuShare > 0 && cpuShare <= 1))
    throw new RangeError(`a share of a core is above 0 and at most 1, not ${cpuShare}`);
  const worker = new Worker(new URL('./grind.worker.ts', import.meta.url), { workerData: { cpuShare } });
  worker.on('error', onFailure);
  worker.on('message', (report: GrindReport) => {
    listener.onHashes(report.hashes);
    if (report.kind === 'hit') listener.onHit(report.jobId, report.nonce);
    if (report.kind === 'exhausted') listener.onExhausted(report.jobId);
  });
  const ask = (request: GrindRequest) => worker.postMessage(request);
  return {
    start: (job) => ask({ kind: 'start', job }),
    rest: () => ask({ kind: 'rest' }),
    close: async () => {
      await worker.terminate();
    },
  };
}
