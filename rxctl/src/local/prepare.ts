// Everything a local network needs on disk before its processes start: keys, genesis, ports, the peers file. Doing it twice
// changes nothing; it starts no process.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bitcoindArgs, cookieFileOf } from '@rexnet/node/bitcoin/command.ts';
import { makeGenesis, readGenesis } from '@rexnet/node/chain/genesis.ts';
import { privateKey, publicKeyOf } from '@rexnet/node/chain/keys.ts';
import { equalBytes, fromHex, toHex } from '@rexnet/node/core/bytes.ts';
import { formatPath } from '@rexnet/operator/api/check.ts';
import { changeProblems } from '@rexnet/operator/api/parse.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import { type Facts, type Plan, planTestnet } from '@rexnet/operator/plan/plan.ts';
import { compilerHash } from '@rexnet/preda/compiler-hash.ts';
import { CliError, EXIT } from '../exit.ts';
import { findLeftover } from './child.ts';
import { type ParentEndpoint, peersOf, portNames, portOwner } from './children.ts';
import { writeAtomically } from './files.ts';
import { type Folders, makeFolders } from './folders.ts';
import { allocatePorts, LOOPBACK } from './ports.ts';
import { type LocalState, readState, writeState } from './state.ts';

/** What was found of a program of others. */
export type ProgramFound =
  | { readonly kind: 'found'; readonly command: string }
  | { readonly kind: 'absent'; readonly reason: string };

export type Prepared = {
  readonly plan: Plan;
  readonly networkId: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly parent: ParentEndpoint;
  /** Why Bitcoin was asked for and is not there. */
  readonly bitcoindMissing: string | undefined;
};

/** Makes or completes the folder of a network; refuses what a running chain cannot become. */
export async function prepareNetwork(
  testnet: Testnet,
  folders: Folders,
  bitcoind: ProgramFound,
  otherPorts: readonly string[] = [],
): Promise<Prepared> {
  makeFolders(folders);
  const old = readState(folders);
  if (old !== undefined) refuseChanges(testnet, old);
  const facts: Facts = {
    bitcoind: parentFact(testnet, old, bitcoind),
    governance: governanceKey(folders),
    compilerHash: compilerHash(),
    ...(old === undefined ? {} : { firstGroups: old.firstGroups ?? old.spec.groups }),
  };
  const planned = planTestnet(testnet, facts);
  if ('refusal' in planned)
    throw new CliError(EXIT.usage, `${planned.refusal.field}: ${planned.refusal.message}`, planned.refusal.cure);
  const { plan } = planned;
  const networkId = writeGenesis(plan, folders, old);
  const ports = await allocatePorts(
    [...portNames(plan), ...otherPorts],
    old?.ports ?? {},
    (name) => findLeftover(folders, portOwner(name)) !== undefined,
  );
  const isRegtest = plan.bitcoin.kind === 'regtest';
  writeState(folders, {
    name: testnet.name,
    networkId,
    spec: testnet.spec,
    parent: isRegtest ? 'regtest' : 'toy',
    ports,
    firstGroups: plan.genesis.groups,
  });
  writeAtomically(folders.peers, peersOf(plan, ports));
  const bitcoindMissing = plan.bitcoin.kind === 'toy' ? plan.bitcoin.reason : undefined;
  return { plan, networkId, ports, parent: parentOf(plan, folders, ports, bitcoind), bitcoindMissing };
}

function refuseChanges(testnet: Testnet, old: LocalState): void {
  const [problem] = changeProblems(testnet.spec, old.spec);
  if (problem !== undefined)
    throw new CliError(EXIT.usage, `${formatPath(problem.path)}: ${problem.message}`, problem.cure);
  if (testnet.spec.groups < old.spec.groups) {
    const message = `spec.groups is ${testnet.spec.groups}, but network ${old.name} has ${old.spec.groups} groups, and no group can leave a network yet`;
    throw new CliError(
      EXIT.usage,
      message,
      `put ${old.spec.groups} back, give the testnet another metadata.name, or begin anew: rxctl down --purge --name ${old.name}`,
    );
  }
}

/** A chain stays on the parent it began with: the headers of one parent do not continue those of another. */
function parentFact(testnet: Testnet, old: LocalState | undefined, bitcoind: ProgramFound): Facts['bitcoind'] {
  if (testnet.spec.bitcoin.mode === 'None' || old === undefined) return bitcoind;
  if (old.parent === 'regtest' && bitcoind.kind === 'absent') {
    throw new CliError(
      EXIT.error,
      `network ${old.name} was mined with a bitcoind, and there is none now: ${bitcoind.reason}`,
      'install bitcoind or set REXNET_BITCOIND',
    );
  }
  if (old.parent === 'toy')
    return {
      kind: 'absent',
      reason:
        bitcoind.kind === 'absent'
          ? bitcoind.reason
          : 'the network began without a bitcoind and stays on its toy parent chain',
    };
  return bitcoind;
}

function writeGenesis(plan: Plan, folders: Folders, old: LocalState | undefined): string {
  if (old === undefined || !existsSync(folders.genesis)) writeAtomically(folders.genesis, makeGenesis(plan.genesis));
  const network = readGenesis(readFileSync(folders.genesis));
  const networkId = toHex(network.id);
  if (!equalBytes(network.genesis.compilerHash, plan.genesis.compilerHash)) {
    throw new CliError(
      EXIT.error,
      `network ${plan.name} was made with another version of the compiler, and its nodes would refuse to run`,
      `check out the version it was made with, or begin anew: rxctl down --purge --name ${plan.name}`,
    );
  }
  if (old !== undefined && old.networkId !== networkId) {
    throw new CliError(
      EXIT.error,
      `${folders.genesis} is not the genesis of network ${old.name}`,
      `begin anew: rxctl down --purge --name ${old.name}`,
    );
  }
  return networkId;
}

/** The public half; the private half is random and stays in a file only its owner reads. */
function governanceKey(folders: Folders): Uint8Array {
  if (!existsSync(folders.governance))
    writeAtomically(folders.governance, `${randomBytes(32).toString('hex')}\n`, 'private');
  return publicKeyOf(privateKey(fromHex(readFileSync(folders.governance, 'utf8').trim())));
}

function parentOf(plan: Plan, folders: Folders, ports: Prepared['ports'], bitcoind: ProgramFound): ParentEndpoint {
  const rpcPort = ports['bitcoind.rpc'];
  if (plan.bitcoin.kind === 'toy' || bitcoind.kind === 'absent' || rpcPort === undefined) return { kind: 'toy' };
  return {
    kind: 'regtest',
    command: bitcoind.command,
    args: bitcoindArgs({ dataDir: folders.bitcoin, rpcPort }),
    url: `http://${LOOPBACK}:${rpcPort}`,
    cookieFile: cookieFileOf(folders.bitcoin),
  };
}

/** Where bitcoind lies, looked for only when the testnet wants one. */
export function bitcoindFolder(base: string): string {
  return join(base, '.bitcoind');
}
