// rxctl deploy-all: deploys a list of contracts in its order as soon as there are blocks. What is on the chain already stays as it
// is, so it may be run again after whatever end. It is told by files alone, because it runs where nothing else is: in a pod.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { isRecord } from '@rexnet/operator/api/check.ts';
import { DEPLOYER_KEY } from '@rexnet/operator/plan/shipped.ts';
import type { Command } from 'commander';
import { devKey, verbOf, withOutput } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, note, parseTimeout, print, type VerbOptions } from '../io.ts';
import { type ContractState, type ContractText, deployContracts, shippedText } from '../local/contracts.ts';
import type { Network } from '../network.ts';
import { type NetworkPlace, placeOfFiles } from '../network-place.ts';
import { type Format, table } from '../print.ts';
import { ProgressLine } from '../progress.ts';

type DeployAllOptions = VerbOptions & {
  readonly contracts: string;
  readonly genesis: string;
  readonly peers: string;
  readonly failure?: string;
};

const LOOK_MS = 500;
const FIRST_BLOCK_MAX_MS = 600_000;
const CONTRACTS_MAX = 1_000;
/** A condition of a status has room for so much. */
const FAILURE_MAX_CHARS = 1_000;
const EXAMPLES = `
Examples:
  rxctl deploy-all --contracts contracts.json --genesis .rexnet/demo/genesis.bin --peers .rexnet/demo/peers.json
  echo '[{"name": "token"}, {"name": "shop", "file": "shop.prd"}]' > contracts.json

A contract that is on the chain already is left as it is. The first that cannot be deployed stops those after it.
--timeout is for the first block of all groups (10m when absent): exit code 3. Exit code 1 when a contract was not deployed.`;

export function addDeployAll(program: Command, io: Io): void {
  withOutput(program.command('deploy-all').description('deploy a list of contracts, as far as they are not there yet'))
    .requiredOption(
      '--contracts <file>',
      'JSON: [{name, file}] in their order; without a file one that comes with Rexnet',
    )
    .requiredOption('--genesis <file>', 'genesis.bin of the network')
    .requiredOption('--peers <file>', 'the nodes of every group')
    .option('--failure <file>', 'write there which contract was not deployed, and why')
    .addHelpText('after', EXAMPLES)
    .action((options: DeployAllOptions) => {
      // The time is for the first block; a deployment has bounds of its own.
      const { timeout: _timeout, ...unlimited } = options;
      return verbOf(io, unlimited, (format) => deployAll(io, options, format));
    });
}

async function deployAll(io: Io, options: DeployAllOptions, format: Format): Promise<ExitCode> {
  const maxMs = parseTimeout(options.timeout) ?? FIRST_BLOCK_MAX_MS;
  const contracts = readContracts(io, options.contracts);
  const place = placeOfFiles({ genesis: resolve(io.cwd, options.genesis), peers: resolve(io.cwd, options.peers) });
  const groups = groupsOf(place);
  const network = await io.openNetwork(place);
  try {
    await untilFirstBlock(io, network, groups, maxMs);
    const states = await deploy(io, network, place, contracts);
    tellFailure(io, options, states);
    print(
      io,
      format,
      states.map(({ name, state, detail }) => ({ name, state, detail: detail ?? null })),
      () =>
        table(
          ['CONTRACT', 'STATE', 'DETAIL'],
          states.map(({ name, state, detail }) => [name, state, detail ?? '']),
        ),
      states.map(({ name }) => `contract/${name}`),
    );
    return states.every(({ state }) => state === 'Deployed') ? EXIT.ok : EXIT.error;
  } finally {
    await network.close();
  }
}

/** For who cannot read what was printed: a kubelet, whose words a status passes on. */
function tellFailure(io: Io, { failure }: DeployAllOptions, states: readonly ContractState[]): void {
  const failed = states.find(({ state }) => state === 'Failed');
  if (failure === undefined || failed === undefined) return;
  writeFileSync(
    resolve(io.cwd, failure),
    `${failed.name}: ${failed.detail ?? 'no reason given'}`.slice(0, FAILURE_MAX_CHARS),
  );
}

async function deploy(
  io: Io,
  network: Network,
  place: NetworkPlace,
  contracts: readonly ContractText[],
): Promise<readonly ContractState[]> {
  const told = new Set<string>();
  return deployContracts({
    network,
    signer: devKey(place, DEPLOYER_KEY),
    contracts,
    onChange: (states) => {
      for (const { name, state, detail } of states) {
        if (state === 'Waiting' || told.has(name)) continue;
        told.add(name);
        note(io, `${told.size} of ${states.length}: ${name} ${state}${detail === undefined ? '' : `: ${detail}`}`);
      }
    },
    signal: io.signal,
  });
}

/** Groups of genesis that still have nodes: a deployment needs the group of its sender and group 0. */
function groupsOf(place: NetworkPlace): readonly number[] {
  const nodes = place.nodes();
  const { owners } = readGenesis(place.genesis()).genesis;
  return [...new Set(owners)].filter((group) => nodes.has(group)).sort((a, b) => a - b);
}

async function untilFirstBlock(io: Io, network: Network, groups: readonly number[], maxMs: number): Promise<void> {
  const deadlineMs = performance.now() + maxMs;
  const line = new ProgressLine(io);
  const missing = new Set(groups);
  let silence: CliError | undefined;
  try {
    for (;;) {
      for (const group of missing) {
        const height = await heightOf(network, group).catch((error: unknown) => {
          if (!(error instanceof CliError) || error.code !== EXIT.notReachable) throw error;
          silence = error;
        });
        if (height === undefined) continue;
        silence = undefined;
        if (height > 0) missing.delete(group);
      }
      if (missing.size === 0) return;
      if (io.signal.aborted || performance.now() >= deadlineMs)
        throw (
          silence ??
          new CliError(
            EXIT.timeout,
            `no first block of ${[...missing].map((group) => `group ${group}`).join(', ')} in time`,
            'is a miner running? wait longer: --timeout 20m',
          )
        );
      const done = groups.length - missing.size;
      line.show({ text: 'waiting for the first block of all groups', done, total: groups.length });
      await delay(LOOK_MS, undefined, { signal: io.signal }).catch(() => undefined);
    }
  } finally {
    line.end();
  }
}

async function heightOf(network: Network, group: number): Promise<number> {
  return (await network.block(group, 'tip'))?.height ?? 0;
}

function readContracts(io: Io, path: string): readonly ContractText[] {
  const refuse = (why: string, cause?: unknown): CliError =>
    new CliError(EXIT.usage, `${path} ${why}`, 'write [{"name": "token"}, {"name": "shop", "file": "shop.prd"}]', {
      cause,
    });
  const rows = ((): unknown => {
    try {
      return JSON.parse(readFileSync(resolve(io.cwd, path), 'utf8'));
    } catch (cause) {
      throw refuse('cannot be read as JSON', cause);
    }
  })();
  if (!Array.isArray(rows) || rows.length > CONTRACTS_MAX) throw refuse(`is no list of at most ${CONTRACTS_MAX} rows`);
  const names = new Set<string>();
  return rows.map((row: unknown, index) => {
    const { name, file } = isRecord(row) ? row : {};
    if (typeof name !== 'string' || name === '') throw refuse(`has no name in row ${index}`);
    if (names.has(name)) throw refuse(`names ${name} twice`);
    names.add(name);
    if (file === undefined) return shippedText(name);
    if (typeof file !== 'string') throw refuse(`has in row ${index} a file that is no text`);
    try {
      return { name, source: readFileSync(resolve(io.cwd, file), 'utf8'), args: [] };
    } catch (cause) {
      throw new CliError(EXIT.usage, `${file}, the source of ${name}, cannot be read`, 'is it mounted?', { cause });
    }
  });
}
