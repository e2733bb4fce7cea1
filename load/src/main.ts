// The load generator as a program: reads the spec, wires network, clock and files, ends with the report. Decides nothing else.
import { appendFileSync, closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { type Network, readGenesis } from '@rexnet/node/chain/genesis.ts';
import { equalBytes } from '@rexnet/node/core/bytes.ts';
import type { Clock } from './chains.ts';
import { ClientNetwork } from './client-network.ts';
import { type Control, parseControl } from './control.ts';
import { MachineWatch, type Quota } from './machine-watch.ts';
import { Measurement } from './measure.ts';
import { PresignedFile } from './presigned-file.ts';
import type { RunReport } from './report.ts';
import { progressLine } from './reporting.ts';
import { presignLoad, type RunParts, runLoad } from './run.ts';
import { readingOfRun } from './run-reading.ts';
import { ProcessWatch } from './self-watch.ts';
import { type ServedMeters, serveMeters } from './serve-meters.ts';
import { type LoadSpec, LoadSpecError, parseLoadSpec } from './spec.ts';
import { brokenReading } from './verdict/broken-reading.ts';
import type { Reading } from './verdict/reading.ts';
import { printSummary } from './verdict/summary.ts';

const LEFTOVERS_MAX_MS = 2_000;
const QUOTAS_MAX = 64;
const EXIT = { ok: 0, error: 1, usage: 2 } as const;

// What is young here dies young: a small nursery saves 50 MB and costs no time that can be measured.
setFlagsFromString('--max-semi-space-size=1');

const clock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms) => delay(ms),
  spin: (ms) => {
    const untilMs = performance.now() + ms;
    while (performance.now() < untilMs);
  },
};

const VERSIONS = { load: packageVersion(), node: process.version };

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

/** The file is whole at any moment. */
function writeAtomically(path: string, text: string): void {
  const next = `${path}.${process.pid}.next`;
  writeFileSync(next, text);
  renameSync(next, path);
}

function writeReport(path: string, report: unknown): void {
  writeAtomically(path, `${JSON.stringify(report, undefined, 2)}\n`);
}

function note(line: string): void {
  process.stderr.write(`load: ${line}\n`);
}

/** The first signal ends the offering, the second everything. */
function signals(): { readonly stop: AbortSignal; readonly quit: AbortSignal } {
  const stop = new AbortController();
  const quit = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) quit.abort();
    stop.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return { stop: stop.signal, quit: quit.signal };
}

function readArguments(): { readonly spec: LoadSpec; readonly metrics: string | undefined } {
  const { values } = parseArgs({ options: { spec: { type: 'string' }, metrics: { type: 'string' } } });
  const path = values.spec ?? process.env['REXNET_SPEC'];
  if (path === undefined) throw new LoadSpecError('--spec FILE is missing');
  return { spec: parseLoadSpec(readFileSync(path, 'utf8')), metrics: values.metrics ?? process.env['REXNET_METRICS'] };
}

async function run(
  spec: LoadSpec,
  served: ServedMeters | undefined,
): Promise<RunReport | { readonly presigned: number }> {
  const { stop, quit } = signals();
  const genesis = readGenesis(readFileSync(spec.genesis));
  const network = await ClientNetwork.open(spec.peers, stop);
  const replay = spec.replay === undefined ? undefined : new PresignedFile(spec.replay);
  try {
    if (!equalBytes(network.genesisId, genesis.id))
      throw new LoadSpecError(`the nodes of ${spec.peers} run another network than ${spec.genesis}`);
    const onProgress = (report: RunReport): void => {
      const line = `${progressLine(report, clock.wallMs())}\n`;
      if (spec.progress === undefined) process.stdout.write(line);
      else appendFileSync(spec.progress, line);
      writeReport(spec.report, report);
      served?.meters.progress(report);
    };
    const control = (): Control | undefined => readControl(spec.control);
    const common = { spec, genesis, network, clock, note, onProgress, control, stop, quit };
    const machine = new MachineWatch(quotasOf(network, genesis));
    const parts: RunParts = {
      ...common,
      onEdge: (edge) => machine[edge](),
      watch: new ProcessWatch(),
      onFinished: (tree) => served?.meters.finished(tree),
      versions: VERSIONS,
      ...(replay === undefined ? {} : { replay }),
    };
    if (spec.presign !== undefined) return await presignTo(spec.presign, parts);
    const report = await runLoad(parts);
    if (spec.summary !== undefined) summarise(spec.summary, readingOfRun(report, await machine.reading()));
    return report;
  } finally {
    replay?.close();
    network.close();
  }
}

/** One node a group, of so many groups as can be asked at once without being felt. */
function quotasOf(network: ClientNetwork, { firstMap }: Network): readonly Quota[] {
  return firstMap.groups
    .slice(0, QUOTAS_MAX)
    .map((group) => ({ who: `a node of group ${group}`, read: network.throttlingOf(group) }));
}

/** In place: a termination message is a mounted file and cannot be renamed. */
function summarise(path: string, reading: Reading): void {
  writeFileSync(path, printSummary(reading));
}

/** The file has its name when it is whole. */
async function presignTo(path: string, parts: RunParts): Promise<{ readonly presigned: number }> {
  const next = `${path}.${process.pid}.next`;
  const file = openSync(next, 'w');
  try {
    const presigned = await presignLoad(parts, (piece) => writeSync(file, piece));
    renameSync(next, path);
    return { presigned };
  } finally {
    closeSync(file);
  }
}

/** Nothing is told while there is no file. */
function readControl(path: string | undefined): Control | undefined {
  if (path === undefined) return undefined;
  try {
    return parseControl(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  let spec: LoadSpec | undefined;
  let served: ServedMeters | undefined;
  try {
    const given = readArguments();
    spec = given.spec;
    served = given.metrics === undefined ? undefined : await serveMeters(given.metrics);
    const report = await run(spec, served);
    writeReport(spec.report, report);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return EXIT.ok;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    note(message);
    if (spec === undefined) return EXIT.usage;
    writeReport(spec.report, { ...new Measurement().report(0), done: true, invalid: message });
    if (spec.summary !== undefined) summarise(spec.summary, brokenReading({ groups: 0, repeat: 0 }, message));
    return EXIT.error;
  } finally {
    await served?.stop();
  }
}

process.exitCode = await main();
// Calls that nobody waits for any more must not keep the process.
setTimeout(() => process.exit(), LEFTOVERS_MAX_MS).unref();
