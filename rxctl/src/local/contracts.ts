// Deploys what spec.contracts asks for, one after the other, each only when nobody has deployed it yet. It compiles here first,
// so that a faulty source is shown with its line instead of a failed transaction.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatAddress } from '@rexnet/node/core/address.ts';
import type { ContractPlan } from '@rexnet/operator/plan/plan.ts';
import { DEPLOYER, SHIPPED, type ShippedContract } from '@rexnet/operator/plan/shipped.ts';
import { compile, encodeArgs, type Json, renderDiagnostic } from '@rexnet/preda/index.ts';
import type { Network, Signer } from '../network.ts';
import type { TestnetFile } from '../testnet-file.ts';
import { untilFinal } from '../wait.ts';
import { REPOSITORY } from './folders.ts';
import type { Progress } from './state.ts';

export type ContractState = Progress['contracts'][number];

/** What is deployed under a name, and with what. */
export type ContractText = {
  readonly name: string;
  /** Absent when nobody knows it. */
  readonly source?: string;
  readonly args: ShippedContract['args'];
};

export type DeployInput = {
  readonly network: Network;
  readonly signer: Signer;
  readonly contracts: readonly ContractText[];
  readonly onChange: (states: readonly ContractState[]) => void;
  readonly signal: AbortSignal;
};

const DEPLOYMENT_VALID_MS = 120_000;

/** One that comes with Rexnet, as far as there is one of that name. */
export function shippedText(name: string): ContractText {
  const shipped = SHIPPED[name];
  if (shipped === undefined) return { name, args: [] };
  return { name, source: readFileSync(join(REPOSITORY, 'contracts', shipped.file), 'utf8'), args: shipped.args };
}

/** The sources of a plan: shipped ones, and those of ConfigMaps that stand in the same file. */
export function contractTexts(
  plans: readonly ContractPlan[],
  configMaps: TestnetFile['configMaps'],
): readonly ContractText[] {
  return plans.map(({ name, source }) => {
    if (source.kind === 'shipped') return shippedText(name);
    const text = configMaps.get(source.name)?.get(source.key);
    return { name, args: [], ...(text === undefined ? {} : { source: text }) };
  });
}

/** In order; the first that cannot be deployed stops those after it. The answer is what `onChange` heard last. */
export async function deployContracts(input: DeployInput): Promise<readonly ContractState[]> {
  const { contracts, onChange } = input;
  const states = contracts.map(({ name }): ContractState => ({ name, state: 'Waiting' }));
  for (const [index, contract] of contracts.entries()) {
    const outcome = await deployOne(input, contract);
    states[index] =
      outcome === undefined
        ? { name: contract.name, state: 'Deployed' }
        : { name: contract.name, state: 'Failed', detail: outcome };
    onChange([...states]);
    if (outcome !== undefined) break;
  }
  return states;
}

/** Undefined when it is on the chain, else why not. */
async function deployOne(
  { network, signer, signal }: DeployInput,
  contract: ContractText,
): Promise<string | undefined> {
  const { name, source, args: given } = contract;
  if (source === undefined)
    return `${name} is no shipped contract (${Object.keys(SHIPPED).join(', ')}) and has no configMapKeyRef`;
  const compiled = compile(source, { file: `${name}.prd` });
  if (!compiled.ok) return compiled.diagnostics.map(renderDiagnostic).join('\n');
  const { abi } = compiled;
  const isDeployed = async (): Promise<boolean> => (await network.contract(`${name}.${abi.contract}`)) !== undefined;
  if (await isDeployed()) return undefined;
  const onDeploy = abi.functions.find(({ op }) => op === abi.onDeploy);
  if (onDeploy !== undefined && onDeploy.params.length !== given.length) {
    return `on_deploy takes ${onDeploy.params.length} arguments, and a testnet.yaml gives none: deploy it with its arguments: rxctl deploy FILE ARGUMENT…`;
  }
  const owner = formatAddress(signer.address);
  const values = given.map((value): Json => (value === DEPLOYER ? owner : value));
  const args = onDeploy === undefined ? new Uint8Array() : encodeArgs(abi, onDeploy, values);
  const id = await network.submit({ kind: 'deploy', dapp: name, source, args }, signer, {
    validForMs: DEPLOYMENT_VALID_MS,
  });
  const report = await untilFinal(network, id, signal);
  // One that was under way when an earlier attempt ended may have come first.
  if (report.state === 'Completed' || (await isDeployed())) return undefined;
  return `transaction ${id} ended ${report.state}${report.failure === undefined ? '' : `: ${report.failure.outcome}`}`;
}
