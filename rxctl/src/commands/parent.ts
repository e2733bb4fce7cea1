// rxctl parent: does things to the parent chain of a network. A tool for tests and demonstrations.
import { readFileSync } from 'node:fs';
import { cookieFileOf } from '@rexnet/node/bitcoin/command.ts';
import { BitcoinRpc } from '@rexnet/node/bitcoin/rpc.ts';
import { readGenesis } from '@rexnet/node/chain/genesis.ts';
import { targetFromBits } from '@rexnet/node/consensus/target.ts';
import { forkParent } from '@rexnet/node/miner/parent-fork.ts';
import type { Command } from 'commander';
import { type CommonOptions, localFolders, verbOf, withCommon } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import { LOOPBACK } from '../local/ports.ts';
import { readState } from '../local/state.ts';
import type { Format } from '../print.ts';

type ForkOptions = CommonOptions & { readonly depth: string };

const DEPTH_MAX = 100;

export function addParent(program: Command, io: Io): void {
  const parent = program.command('parent').description('the Bitcoin parent chain of a network');
  withCommon(parent.command('fork').description('make bitcoind reorganise, so that parents become orphans'))
    .option('--depth <blocks>', `blocks to orphan, 1 to ${DEPTH_MAX}`, '1')
    .addHelpText('after', '\nExamples:\n  rxctl parent fork\n  rxctl parent fork --depth 3 -o json')
    .action((options: ForkOptions) => verbOf(io, options, (format) => fork(io, options, format)));
}

async function fork(io: Io, options: ForkOptions, format: Format): Promise<ExitCode> {
  const depth = Number(options.depth);
  if (!Number.isInteger(depth) || depth < 1 || depth > DEPTH_MAX)
    throw new CliError(EXIT.usage, `--depth ${options.depth} is no depth`, `write 1 to ${DEPTH_MAX}`);
  await using parent = await (options.kube === true ? openInCluster(io, options) : openHere(io, options));
  const target = targetFromBits(readGenesis(parent.genesis).genesis.parentTarget);
  if (target === undefined)
    throw new CliError(EXIT.error, 'the genesis of the network is damaged', 'begin anew: rxctl down --purge');
  const { orphaned, branch } = await forkParent({ rpc: parent.rpc, depth, target, nowMs: Date.now });
  print(
    io,
    format,
    { orphaned: [...orphaned], branch: [...branch] },
    () => `orphaned ${orphaned.length} blocks, ${branch.length} took their place: ${branch.at(-1)}`,
  );
  return EXIT.ok;
}

type OpenParent = AsyncDisposable & { readonly rpc: BitcoinRpc; readonly genesis: Uint8Array };

async function openHere(io: Io, options: ForkOptions): Promise<OpenParent> {
  const folders = localFolders(io, options);
  const state = readState(folders);
  const port = state?.ports['bitcoind.rpc'];
  if (state?.parent !== 'regtest' || port === undefined) throw noBitcoind();
  const rpc = new BitcoinRpc(`http://${LOOPBACK}:${port}/`, { kind: 'cookie', file: cookieFileOf(folders.bitcoin) });
  return { rpc, genesis: readFileSync(folders.genesis), [Symbol.asyncDispose]: async () => rpc.close() };
}

async function openInCluster(io: Io, options: ForkOptions): Promise<OpenParent> {
  const [{ ClusterSite }, { bitcoindOf }] = await Promise.all([
    import('../cluster/site.ts'),
    import('../cluster/parent.ts'),
  ]);
  const site = await ClusterSite.open(io, options);
  try {
    const rpc = await bitcoindOf(site);
    if (rpc === undefined) throw noBitcoind();
    const end = async (): Promise<void> => {
      rpc.close();
      await site.close();
    };
    return { rpc, genesis: (await site.place()).genesis(), [Symbol.asyncDispose]: end };
  } catch (error) {
    await site.close();
    throw error;
  }
}

function noBitcoind(): CliError {
  return new CliError(
    EXIT.error,
    'the network has no bitcoind: its parent is a toy chain',
    'write bitcoin: {mode: Regtest} and have a bitcoind',
  );
}
