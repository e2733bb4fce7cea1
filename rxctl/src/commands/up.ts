// rxctl up: brings a testnet.yaml to run on this machine and looks after it until the time is over or Ctrl-C.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { locateBitcoind } from '@rexnet/node/bitcoin/locate.ts';
import { parseDuration } from '@rexnet/node/core/duration.ts';
import { type Command, Option } from 'commander';
import { baseOf, type CommonOptions, devKey, verbOf, withCommon } from '../context.ts';
import { quickChecks } from '../doctor.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, note, parseTimeout, print } from '../io.ts';
import { PROGRAMS } from '../local/children.ts';
import { type Folders, foldersOf, makeFolders, REPOSITORY } from '../local/folders.ts';
import { lockOwner, takeLock } from '../local/lock.ts';
import { tail } from '../local/log-file.ts';
import { quickFacts } from '../local/machine.ts';
import { bitcoindFolder, type ProgramFound } from '../local/prepare.ts';
import { locatePrometheus, prometheusFolder } from '../local/prometheus.ts';
import { readyOf, runNetwork } from '../local/run.ts';
import { type Progress, readProgress } from '../local/state.ts';
import { warmCode } from '../local/warm.ts';
import { placeOfFiles } from '../network-place.ts';
import type { Format } from '../print.ts';
import { ProgressLine } from '../progress.ts';
import { liveLine } from '../run-report.ts';
import { readTestnetFile, type TestnetFile } from '../testnet-file.ts';
import { formatProblems } from '../yaml-documents.ts';

type UpOptions = CommonOptions & {
  readonly file: string;
  readonly for?: string;
  readonly detach?: true;
  readonly checkState?: true;
  readonly monitoring?: true;
};

const EXAMPLES = `
Examples:
  rxctl up                              run testnet.yaml until Ctrl-C, with a live line of figures
  rxctl up -f net.yaml --for 60s -o json   a run with an end; the last line is one JSON object
  rxctl up --monitoring                 with a Prometheus; dashboards/generated holds pages for Grafana
  rxctl up --detach                     leave it running; rxctl status, rxctl down
  rxctl up --kube -n lab                apply it to a cluster and wait for its first block

--timeout is for the first block of all groups (2m when absent).`;

const PLAIN_LINE_MS = 10_000;
const DETACH_MAX_MS = 180_000;
const OWN_VARIABLES = ['REXNET_DETACH', 'REXNET_OUTPUT', 'REXNET_TIMEOUT'];
const TERMINAL_COLUMNS = 100;

export function addUp(program: Command, io: Io): void {
  withCommon(program.command('up').description('run a testnet on this machine, or apply it to a cluster'))
    .option('-f, --file <testnet.yaml>', 'the testnet', 'testnet.yaml')
    .option('--for <duration>', 'end by itself after so much load, such as 60s')
    .option('--detach', 'return after the first block and leave it running')
    .option('--check-state', 'nodes compare live memory with the recorded history')
    .addOption(new Option('--monitoring', 'run a Prometheus beside it, with rules and alerts').env('REXNET_MONITORING'))
    .addHelpText('after', EXAMPLES)
    .action((options: UpOptions) => {
      // A run has no end of its own: the time is for its first block.
      const { timeout: _timeout, ...unlimited } = options;
      return verbOf(io, unlimited, (format) => up(io, options, format));
    });
}

async function up(io: Io, options: UpOptions, format: Format): Promise<ExitCode> {
  if (options.kube === true) return upInCluster(io, options, format);
  const forMs = options.for === undefined ? undefined : parseDuration(options.for);
  if (options.for !== undefined && !forMs)
    throw new CliError(EXIT.usage, `--for ${options.for} is no duration`, 'write 60s or 1m30s');
  const firstBlockMaxMs = parseTimeout(options.timeout);
  const file = readFile(io, options.file);
  const folders = foldersOf(baseOf(io, options), file.testnet.name);
  makeFolders(folders);
  if (options.detach === true) return detach(io, options, folders);
  const lock = takeLock(folders.lock);
  if ('owner' in lock)
    throw new CliError(
      EXIT.error,
      `network ${file.testnet.name} is looked after by process ${lock.owner.pid} already`,
      'rxctl status shows it, rxctl down ends it',
    );
  try {
    return await run(io, {
      file,
      folders,
      forMs,
      format,
      checkState: options.checkState === true,
      isMonitored: options.monitoring === true,
      firstBlockMaxMs,
      base: baseOf(io, options),
    });
  } finally {
    lock.release();
  }
}

/** There the operator does the rest, and goes on when we have left. */
async function upInCluster(io: Io, options: UpOptions, format: Format): Promise<ExitCode> {
  const wish = (['for', 'checkState', 'monitoring'] as const).find((name) => options[name] !== undefined);
  if (wish !== undefined)
    throw new CliError(
      EXIT.usage,
      `--${wish} is for networks of this machine only`,
      'leave it out, or leave --kube out',
    );
  const { applyFile } = await import('../cluster/apply.ts');
  return applyFile(io, { ...options, firstBlockMaxMs: parseTimeout(options.timeout) ?? DETACH_MAX_MS }, format);
}

function readFile(io: Io, path: string): TestnetFile {
  const result = ((): ReturnType<typeof readTestnetFile> => {
    try {
      return readTestnetFile(resolve(io.cwd, path));
    } catch (cause) {
      throw new CliError(EXIT.usage, `${path} cannot be read`, 'name the file with -f', { cause });
    }
  })();
  if ('file' in result) return result.file;
  const shown = formatProblems(path, result.problems);
  throw new CliError(EXIT.usage, `${path} is refused\n${shown}`);
}

type RunOptions = {
  readonly file: TestnetFile;
  readonly folders: Folders;
  readonly forMs: number | undefined;
  readonly format: Format;
  readonly checkState: boolean;
  readonly isMonitored: boolean;
  readonly firstBlockMaxMs: number | undefined;
  readonly base: string;
};

async function run(
  io: Io,
  { file, folders, forMs, format, checkState, isMonitored, firstBlockMaxMs, base }: RunOptions,
): Promise<ExitCode> {
  const line = new LiveLine(io, format);
  noteTroubles(line, file, base);
  const [bitcoind, prometheus] = await Promise.all([
    findBitcoind(io, file, base),
    isMonitored ? findPrometheus(io, base) : undefined,
    warmCode(io.env, io.signal),
  ]);
  const { report, judgement } = await runNetwork({
    testnet: file.testnet,
    configMaps: file.configMaps,
    folders,
    bitcoind,
    ...(prometheus === undefined ? {} : { prometheus }),
    openNetwork: (where) => io.openNetwork(placeOfFiles(where)),
    devKey: (where, name) => devKey(placeOfFiles(where), name),
    forMs,
    checkState,
    ...(firstBlockMaxMs === undefined ? {} : { firstBlockMaxMs }),
    programs: PROGRAMS,
    nowMs: Date.now,
    onNote: (text) => line.note(text),
    onView: (view, status) => line.show((columns) => liveLine(view, readyOf(status), columns)),
    signal: io.signal,
  }).finally(() => line.end());
  if (judgement.code !== EXIT.ok) note(io, `rexnet: ${judgement.reason}`);
  print(
    io,
    format,
    report,
    () =>
      `${file.testnet.name} stopped; its data stays in ${folders.root}. ${report.completed} of ${report.offered} transactions completed, audit: ${report.audit}`,
  );
  return judgement.code;
}

/** Of `rxctl doctor`, what takes no time and would keep the network from running. */
function noteTroubles(line: LiveLine, { testnet: { spec } }: TestnetFile, base: string): void {
  for (const { result, fact, cure } of quickChecks(quickFacts(base), spec.groups * spec.nodesPerGroup, spec.groups))
    if (result === 'fail') line.note(`this machine may not do: ${fact}; ${cure}`);
}

async function findBitcoind(io: Io, { testnet }: TestnetFile, base: string): Promise<ProgramFound> {
  if (testnet.spec.bitcoin.mode === 'None') return { kind: 'absent', reason: 'spec.bitcoin.mode is None' };
  return locateBitcoind({
    configured: io.env['REXNET_BITCOIND'],
    searchPath: io.env['PATH'] ?? '',
    cacheDir: bitcoindFolder(base),
    log: (text) => note(io, `rexnet: ${text}`),
    signal: io.signal,
  });
}

function findPrometheus(io: Io, base: string): Promise<ProgramFound> {
  return locatePrometheus({
    configured: io.env['REXNET_PROMETHEUS'],
    searchPath: io.env['PATH'] ?? '',
    cacheDir: prometheusFolder(base),
    log: (text) => note(io, `rexnet: ${text}`),
    signal: io.signal,
  });
}

/** One line that is rewritten on a terminal, a plain line now and then elsewhere, nothing where a program reads us. */
class LiveLine {
  readonly #io: Io;
  readonly #isLive: boolean;
  readonly #isSilent: boolean;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  constructor(io: Io, format: Format) {
    this.#io = io;
    this.#isSilent = format !== 'text' && format !== 'wide';
    this.#isLive = io.stdout.isTTY === true && !this.#isSilent;
  }

  note(text: string): void {
    this.end();
    note(this.#io, `rexnet: ${text}`);
  }

  show(render: (columns: number) => string): void {
    if (this.#isLive) {
      this.#io.stdout.write(`\r\x1b[2K${render(this.#io.stdout.columns || TERMINAL_COLUMNS)}`);
      this.#isOpen = true;
      return;
    }
    if (this.#isSilent || performance.now() - this.#shownAtMs < PLAIN_LINE_MS) return;
    this.#shownAtMs = performance.now();
    this.#io.stdout.write(`${render(Number.POSITIVE_INFINITY)}\n`);
  }

  end(): void {
    if (this.#isOpen) this.#io.stdout.write('\n');
    this.#isOpen = false;
  }
}

/** The same command without --detach, detached from the terminal; returns when every group has a block. */
async function detach(io: Io, options: UpOptions, folders: Folders): Promise<ExitCode> {
  const owner = lockOwner(folders.lock);
  if (owner !== undefined)
    throw new CliError(
      EXIT.error,
      `the network is looked after by process ${owner.pid} already`,
      'rxctl status shows it, rxctl down ends it',
    );
  const logPath = join(folders.logs, 'rxctl.log');
  const log = openSync(logPath, 'a');
  const words = [
    'up',
    '-f',
    resolve(io.cwd, options.file),
    '--dir',
    baseOf(io, options),
    ...(options.for === undefined ? [] : ['--for', options.for]),
    ...(options.checkState === true ? ['--check-state'] : []),
    ...(options.monitoring === true ? ['--monitoring'] : []),
    ...(options.timeout === undefined ? [] : ['--timeout', options.timeout]),
  ];
  const startedAtMs = Date.now();
  const maxMs = parseTimeout(options.timeout) ?? DETACH_MAX_MS;
  const child = spawn(process.execPath, [join(REPOSITORY, 'rxctl', 'src', 'main.ts'), ...words], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: io.cwd,
    // What is said to this one in variables is not meant for that one: it would detach again.
    env: Object.fromEntries(Object.entries(io.env).filter(([name]) => !OWN_VARIABLES.includes(name))),
  });
  closeSync(log);
  let exitCode: number | undefined;
  child.once('exit', (code) => {
    exitCode = code ?? EXIT.error;
  });
  child.unref();
  const line = new ProgressLine(io);
  line.show({ text: 'waiting for the first block of all groups' });
  while (!io.signal.aborted && exitCode === undefined && Date.now() - startedAtMs < maxMs) {
    const progress = readProgress(folders);
    if (progress !== undefined && progress.startedAtMs >= startedAtMs && progress.firstBlockMs !== undefined) {
      const { firstBlockMs, monitoring } = progress;
      line.end();
      print(
        io,
        options.output === 'json' ? 'json' : 'text',
        {
          network: folders.root.split('/').at(-1) ?? '',
          pid: child.pid ?? 0,
          firstBlockSeconds: firstBlockMs / 1000,
          ...(monitoring === undefined ? {} : { monitoring }),
        },
        () =>
          `running as process ${child.pid}, first block after ${(firstBlockMs / 1000).toFixed(1)} s; ${monitoringWords(monitoring)}rxctl status, rxctl down`,
      );
      return EXIT.ok;
    }
    await delay(100);
  }
  line.end();
  throw new CliError(
    exitCode === undefined ? EXIT.timeout : EXIT.error,
    exitCode === undefined
      ? 'no first block in time; the network goes on trying'
      : `it ended with exit code ${exitCode}:\n${tail(logPath, 5).join('\n')}`,
    `rxctl status says what is missing; its log is ${logPath}`,
  );
}

function monitoringWords(monitoring: Progress['monitoring']): string {
  if (monitoring === undefined) return '';
  return 'url' in monitoring ? `Prometheus on ${monitoring.url}; ` : `no monitoring: ${monitoring.missing}; `;
}
