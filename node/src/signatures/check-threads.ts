// A few threads that check signatures, blocks before everybody else. Bounded; a thread that dies fails its jobs and is replaced.
import { Worker } from 'node:worker_threads';
import { type CheckAnswer, type CheckJob, packJob } from './jobs.ts';

/** Jobs a thread holds: one it works on and one that waits, so that it is never idle and a block never waits long. */
const JOBS_PER_THREAD = 2;
const OLD_HEAP_MB = 32;
const YOUNG_HEAP_MB = 4;

interface Job {
  readonly rule: CheckJob['rule'];
  readonly transactions: readonly Uint8Array[];
  resolve(verdicts: Uint8Array): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

export class CheckThreads {
  readonly #size: number;
  readonly #threads: Thread[] = [];
  readonly #urgent: Job[] = [];
  readonly #others: Job[] = [];
  #nextId = 0;
  #closed = false;

  constructor(size: number) {
    this.#size = size;
  }

  check(rule: CheckJob['rule'], transactions: readonly Uint8Array[], urgent: boolean): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error('the door is closed'));
      (urgent ? this.#urgent : this.#others).push({ rule, transactions, resolve, reject });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const gone = new Error('the door is closed');
    for (const job of [...this.#urgent.splice(0), ...this.#others.splice(0)]) job.reject(gone);
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#urgent.length + this.#others.length > 0) {
      const thread = this.#free();
      if (thread === undefined) return;
      const job = (this.#urgent.shift() ?? this.#others.shift())!;
      const id = this.#nextId++;
      thread.jobs.set(id, job);
      const bytes = packJob(job.transactions);
      const message: CheckJob = { id, rule: job.rule, bytes };
      thread.worker.postMessage(message, [bytes.buffer]);
    }
  }

  #free(): Thread | undefined {
    const idle = this.#threads.find(({ jobs }) => jobs.size === 0);
    if (idle !== undefined) return idle;
    if (this.#threads.length < this.#size) return this.#start();
    return this.#threads.find(({ jobs }) => jobs.size < JOBS_PER_THREAD);
  }

  #start(): Thread {
    const worker = new Worker(new URL('./zip215.worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: OLD_HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    worker.unref();
    const thread: Thread = { worker, jobs: new Map() };
    this.#threads.push(thread);
    worker.on('message', ({ id, verdicts }: CheckAnswer) => {
      const job = thread.jobs.get(id);
      thread.jobs.delete(id);
      job?.resolve(verdicts);
      this.#dispatch();
    });
    worker.on('error', (error) => this.#lost(thread, error));
    worker.on('exit', () => this.#lost(thread, new Error('a signature thread ended')));
    return thread;
  }

  #lost(thread: Thread, error: unknown): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    for (const job of thread.jobs.values()) job.reject(new Error('a signature thread failed', { cause: error }));
    thread.jobs.clear();
    if (!this.#closed) this.#dispatch();
  }
}
