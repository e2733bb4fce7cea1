// The load generator as a process of its own, so that it lives through whatever is done to the network it loads.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../load/src/report.ts';
import type { LoadSpecFile } from '../../load/src/spec.ts';
import { PROGRAMS } from '../../rxctl/src/local/children.ts';
import { readIfThere, writeAtomically } from '../../rxctl/src/local/files.ts';
import { type Ended, runProgram, type Testnet } from './testnet.ts';
import { until } from './until.ts';

export type Offer = Pick<LoadSpecFile, 'tps' | 'seconds' | 'crossGroupPercent' | 'workload'> & {
  /** How long the end waits for what is still under way. */
  readonly drainSeconds?: number;
};

const START_MAX_MS = 180_000;
const DRAIN_SECONDS = 60;

export class Generator {
  readonly #report: string;
  readonly #ended: Promise<Ended>;
  #pid = 0;
  #end: Ended | undefined;

  private constructor(testnet: Testnet, { drainSeconds = DRAIN_SECONDS, ...offer }: Offer) {
    const { genesis, peers, root } = testnet.folders;
    this.#report = join(root, 'generator-report.json');
    rmSync(this.#report, { force: true });
    const spec: LoadSpecFile = {
      genesis,
      peers,
      report: this.#report,
      ...(offer.workload === 'Token' ? { contract: 'token.Token' } : {}),
      drainSeconds,
      ...offer,
    };
    const path = join(root, 'generator.json');
    writeAtomically(path, JSON.stringify(spec));
    this.#ended = runProgram(PROGRAMS.load, ['--spec', path], (pid) => {
      this.#pid = pid;
    });
    this.#ended.then(
      (ended) => {
        this.#end = ended;
      },
      () => undefined,
    );
  }

  /** Offering when this returns. */
  static async start(testnet: Testnet, offer: Offer): Promise<Generator> {
    const generator = new Generator(testnet, offer);
    await until({
      what: 'the first completed transactions',
      withinMs: START_MAX_MS,
      look: () => ({ ...generator.progress, ended: generator.#end }),
      holds: ({ completed, ended }) => {
        if (ended !== undefined) throw new Error(`the generator ended with ${ended.code}: ${ended.stderr}`);
        return completed > 0;
      },
    });
    return generator;
  }

  /** As of about a second ago. */
  get report(): RunReport | undefined {
    const text = readIfThere(this.#report);
    return text === undefined ? undefined : (JSON.parse(text) as RunReport);
  }

  /** Both figures are of one moment; what was offered is as good as a clock. */
  get progress(): { readonly offered: number; readonly completed: number } {
    const { offered = 0, completed = 0 } = this.report ?? {};
    return { offered, completed };
  }

  /** Offers nothing more, waits for what is under way, and answers what it all came to. */
  async stop(): Promise<RunReport> {
    if (this.#end === undefined) process.kill(this.#pid, 'SIGTERM');
    return this.finished();
  }

  async finished(): Promise<RunReport> {
    const { code, stderr } = await this.#ended;
    if (code !== 0) throw new Error(`the generator ended with ${code}: ${stderr}`);
    return JSON.parse(readFileSync(this.#report, 'utf8')) as RunReport;
  }
}
