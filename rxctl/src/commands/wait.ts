// rxctl wait: returns when a network is so far, and says why not when the time is over. For scripts and people alike.
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withSource } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { ProgressLine } from '../progress.ts';
import { lookAfter } from '../sources/looks.ts';
import type { Snapshot, Source } from '../sources/source.ts';
import { duration } from '../views/units.ts';
import { type Awaited, awaited } from '../wait-for.ts';
import { explain } from './why.ts';

const LOOK_MS = 500;
const TIMEOUT_MS = 120_000;
const EXAMPLES = `
Examples:
  rxctl wait FirstBlock                       every group has made a block
  rxctl wait ContractsReady --timeout 2m
  rxctl wait Ready=False                      until something is wrong
  rxctl wait height=100 --timeout 10m         every group has come so far

Exit code 3 when it is not so in time (2m when --timeout is absent); then it says what is missing and what to do.`;

export function addWait(program: Command, io: Io): void {
  withCommon(program.command('wait').description('wait until a network is so far'))
    .argument('<condition>', 'FirstBlock, Ready, ContractsReady, BitcoinReady, LoadRunning, DataSafe, or height=N')
    .addHelpText('after', EXAMPLES)
    .action((condition: string, options: CommonOptions) =>
      withSource(io, options, async ({ source, format }): Promise<ExitCode> => {
        const startedAtMs = performance.now();
        const { name, fact } = await until(io, source, condition, startedAtMs);
        const waitedMs = Math.round(performance.now() - startedAtMs);
        print(io, format, { condition: name, met: true, waitedMs, fact }, () => fact, [name]);
        return EXIT.ok;
      }),
    );
}

/** Waits for a condition as long as --timeout allows. */
export async function until(io: Io, source: Source, condition: string, startedAtMs: number): Promise<Awaited> {
  const line = new ProgressLine(io);
  const deadlineMs = startedAtMs + (io.timeoutMs ?? TIMEOUT_MS);
  try {
    for (let before: Snapshot | undefined; ; ) {
      const snapshot = await lookAfter(io, source, before);
      before = snapshot;
      const look = awaited(snapshot, condition);
      if (look.isMet) return look;
      if (io.signal.aborted || performance.now() >= deadlineMs)
        throw await notMet(source, snapshot, look, performance.now() - startedAtMs);
      line.show(look.step);
      await delay(LOOK_MS, undefined, { signal: io.signal }).catch(() => undefined);
    }
  } finally {
    line.end();
  }
}

async function notMet(source: Source, snapshot: Snapshot, look: Awaited, waitedMs: number): Promise<CliError> {
  const why = await explain(source, snapshot, look.object);
  const causes = why.chain.slice(look.object === undefined ? 0 : 1).map(({ object, fact }) => ` ← ${object} ${fact}`);
  return new CliError(
    EXIT.timeout,
    `${look.name} is not met after ${duration(waitedMs)}: ${look.fact}${causes.join('')}`,
    why.cure ?? 'wait longer: --timeout 10m; rxctl why says what is missing',
  );
}
