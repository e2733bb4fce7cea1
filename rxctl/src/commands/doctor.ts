// rxctl doctor: whether this machine, or a cluster, can carry a testnet, before it is started. It changes nothing.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { findBitcoind } from '@rexnet/node/bitcoin/locate.ts';
import { parseDuration } from '@rexnet/node/core/duration.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import type { Command } from 'commander';
import { baseOf, type CommonOptions, verbOf, withCommon } from '../context.ts';
import { allChecks, type Check, type NetworkFacts } from '../doctor.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { findLeftover } from '../local/child.ts';
import { portOwner } from '../local/children.ts';
import { type Folders, foldersOf } from '../local/folders.ts';
import { lockOwner } from '../local/lock.ts';
import { machineFacts } from '../local/machine.ts';
import { isFree } from '../local/ports.ts';
import { bitcoindFolder } from '../local/prepare.ts';
import { readState } from '../local/state.ts';
import { leftoverNames } from '../local/supervisor.ts';
import { withProgress } from '../progress.ts';
import { type Paint, paintOf } from '../style.ts';
import { readTestnetFile } from '../testnet-file.ts';
import { formatProblems } from '../yaml-documents.ts';

type DoctorOptions = CommonOptions & { readonly file: string };

const DEFAULT_INTERVAL_MS = 1_000;
const VERSION_MAX_MS = 5_000;
const MARKS = { pass: '✔', warn: '⚠', fail: '✖' } as const;
const TONES = { pass: 'green', warn: 'yellow', fail: 'red' } as const;
const NAME_WIDTH = 10;
const EXAMPLES = `
Examples:
  rxctl doctor                    for testnet.yaml of this folder
  rxctl doctor -f net.yaml -o json
  rxctl doctor --kube             can the cluster carry it: operator, your rights, room, storage

Exit code 1 when a check fails; warnings let a network run.`;

export function addDoctor(program: Command, io: Io): void {
  withCommon(program.command('doctor').description('whether this machine, or a cluster, can carry a testnet'))
    .option('-f, --file <testnet.yaml>', 'the testnet', 'testnet.yaml')
    .addHelpText('after', EXAMPLES)
    .action((options: DoctorOptions) =>
      verbOf(io, options, async (format): Promise<ExitCode> => {
        const checks =
          options.kube === true
            ? await examineCluster(io, options)
            : await withProgress(io, 'measuring disk and clock', () => examine(io, options));
        print(
          io,
          format,
          checks.map((check) => ({ ...check })),
          () => describe(checks, paintOf(io)),
        );
        return checks.some(({ result }) => result === 'fail') ? EXIT.error : EXIT.ok;
      }),
    );
}

async function examineCluster(io: Io, options: DoctorOptions): Promise<readonly Check[]> {
  const testnet = testnetOf(io, options.file);
  const { examineCluster: examine } = await import('../cluster/doctor.ts');
  return examine(io, options, testnet);
}

async function examine(io: Io, options: DoctorOptions): Promise<readonly Check[]> {
  const testnet = testnetOf(io, options.file);
  const base = baseOf(io, options);
  const folders = foldersOf(base, testnet?.name ?? options.name ?? 'testnet');
  const hasNetwork = existsSync(folders.state);
  const [machine, bitcoind, ports] = await Promise.all([
    machineFacts(base),
    bitcoindOf(io, testnet, base),
    hasNetwork ? portsOf(folders) : { wanted: 0, taken: [] },
  ]);
  const groups = testnet?.spec.groups ?? 1;
  return allChecks(machine, {
    groups,
    nodes: groups * (testnet?.spec.nodesPerGroup ?? 1),
    blockIntervalMs: parseDuration(testnet?.spec.chain.blockInterval ?? '') ?? DEFAULT_INTERVAL_MS,
    bitcoind,
    ports,
    leftovers: hasNetwork && lockOwner(folders.lock) === undefined ? livingOf(folders) : [],
  });
}

/** Undefined when no file is there and none was asked for: the machine alone is examined then. */
function testnetOf(io: Io, file: string): Testnet | undefined {
  const path = resolve(io.cwd, file);
  if (!existsSync(path)) {
    if (file === 'testnet.yaml') return undefined;
    throw new CliError(EXIT.usage, `${file} cannot be read`, 'name the file with -f');
  }
  const result = readTestnetFile(path);
  if ('file' in result) return result.file.testnet;
  throw new CliError(EXIT.usage, `${file} is refused\n${formatProblems(file, result.problems)}`);
}

async function bitcoindOf(io: Io, testnet: Testnet | undefined, base: string): Promise<NetworkFacts['bitcoind']> {
  if (testnet?.spec.bitcoin.mode === 'None') return { kind: 'unwanted' };
  const found = await findBitcoind({
    configured: io.env['REXNET_BITCOIND'],
    searchPath: io.env['PATH'] ?? '',
    cacheDir: bitcoindFolder(base),
  });
  if (found === undefined) return { kind: 'fetchable' };
  if (found.kind === 'absent') return found;
  const version = await promisify(execFile)(found.command, ['-version'], { timeout: VERSION_MAX_MS }).then(
    ({ stdout }) => stdout.split('\n')[0],
    () => undefined,
  );
  return { kind: 'found', command: found.command, version };
}

async function portsOf(folders: Folders): Promise<NetworkFacts['ports']> {
  const ports = Object.entries(readState(folders)?.ports ?? {});
  const checked = await Promise.all(
    ports.map(async ([name, port]) => {
      const isOurs = findLeftover(folders, portOwner(name)) !== undefined;
      return isOurs || (await isFree(port)) ? [] : [{ name, port }];
    }),
  );
  return { wanted: ports.length, taken: checked.flat() };
}

function livingOf(folders: Folders): readonly string[] {
  return leftoverNames(folders).filter((name) => findLeftover(folders, name) !== undefined);
}

function describe(checks: readonly Check[], paint: Paint): string {
  return checks
    .flatMap(({ name, result, fact, cure }) => [
      `${paint(TONES[result], MARKS[result])} ${name.padEnd(NAME_WIDTH)} ${fact}`,
      ...(cure === undefined ? [] : [`  ${' '.repeat(NAME_WIDTH)} cure: ${cure}`]),
    ])
    .join('\n');
}
