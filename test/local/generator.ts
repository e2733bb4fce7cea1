// The load generator as a process of its own, so that it lives through whatever is done to the network it loads. Two never run
// at once: a test ends its own whatever becomes of it, and the next one ends what a killed test run left.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '../../load/src/report.ts';
import type { LoadSpecFile } from '../../load/src/spec.ts';
import { endProcess } from '../../rxctl/src/local/child.ts';
import { PROGRAMS } from '../../rxctl/src/local/children.ts';
import { readIfThere, writeAtomically } from '../../rxctl/src/local/files.ts';
import type { Folders } from '../../rxctl/src/local/folders.ts';
import { formatIdentity, identify, readIdentity } from '../../rxctl/src/local/process-identity.ts';
import { type Ended, runProgram, type Testnet } from './testnet.ts';
import { until } from './until.ts';

export type Offer = Pick<
  LoadSpecFile,
  'tps' | 'seconds' | 'crossGroupPercent' | 'workload' | 'accountsPerGroup' | 'skipAccountsPerGroup'
> & {
  /** How long the end waits for what is still under way. */
  readonly drainSeconds?: number;
  /** HOST:PORT where it serves metrics. */
  readonly metrics?: string;
};

const START_MAX_MS = 180_000;
const DRAIN_SECONDS = 60;

export class Generator {
  readonly #pidFile: string;
  readonly #report: string;
  readonly #ended: Promise<Ended>;
  #pid = 0;
  #end: Ended | undefined;

  private constructor({ folders }: Testnet, { drainSeconds = DRAIN_SECONDS, metrics, ...offer }: Offer) {
    const { genesis, peers, root } = folders;
    this.#pidFile = pidFile(folders);
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
    const args = ['--spec', path, ...(metrics === undefined ? [] : ['--metrics', metrics])];
    this.#ended = runProgram(PROGRAMS.load, args, (pid) => {
      this.#pid = pid;
      const identity = identify(pid);
      if (identity !== undefined) writeAtomically(this.#pidFile, formatIdentity(identity));
    });
    this.#ended.then(
      (ended) => {
        this.#end = ended;
      },
      () => undefined,
    );
  }

  /** Offering when this returns; the caller ends it, come what may. */
  static async start(testnet: Testnet, offer: Offer): Promise<Generator> {
    await endLeftGenerator(testnet.folders);
    const generator = new Generator(testnet, offer);
    try {
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
    } catch (error) {
      await generator.end();
      throw error;
    }
  }

  /** As of about a second ago. */
  get report(): RunReport | undefined {
    const text = readIfThere(this.#report);
    return text === undefined ? undefined : (JSON.parse(text) as RunReport);
  }

  /** Both figures are of one moment. */
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

  /** Gone when this returns, whatever it was at; nothing happens when it has ended already. */
  async end(): Promise<void> {
    if (this.#end === undefined) process.kill(this.#pid, 'SIGKILL');
    await this.#ended;
    rmSync(this.#pidFile, { force: true });
  }
}

/** Ends the generator somebody left behind. */
export async function endLeftGenerator(folders: Folders): Promise<void> {
  const left = readIdentity(pidFile(folders));
  if (left !== undefined) await endProcess(left, 0);
  rmSync(pidFile(folders), { force: true });
}

function pidFile({ root }: Folders): string {
  return join(root, 'generator.pid');
}
