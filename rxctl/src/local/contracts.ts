// Deploys what spec.contracts asks for, one after the other, each only when nobody has deployed it yet. It compiles here first,
// so that a faulty source is shown with its line instead of a failed transaction.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatAddress } from '@rexnet/node/core/address.ts';
import type { ContractPlan } from '@rexnet/operator/plan/plan.ts';
import { DEPLOYER, SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import { compile, encodeArgs, type Json, renderDiagnostic } from '@rexnet/preda/index.ts';
import type { Network, Signer } from '../network.ts';
import type { TestnetFile } from '../testnet-file.ts';
import { untilFinal } from '../wait.ts';
import { REPOSITORY } from './folders.ts';
import type { Progress } from './state.ts';

type ContractState = Progress['contracts'][number];

export type DeployInput = {
  readonly network: Network;
  readonly signer: Signer;
  readonly contracts: readonly ContractPlan[];
  readonly configMaps: TestnetFile['configMaps'];
  readonly onChange: (states: readonly ContractState[]) => void;
  readonly signal: AbortSignal;
};

const DEPLOYMENT_VALID_MS = 120_000;

/** In order; the first that cannot be deployed stops those after it. */
export async function deployContracts({
  network,
  signer,
  contracts,
  configMaps,
  onChange,
  signal,
}: DeployInput): Promise<void> {
  const states = contracts.map(({ name }): ContractState => ({ name, state: 'Waiting' }));
  for (const [index, plan] of contracts.entries()) {
    const outcome = await deployOne({ network, signer, plan, configMaps, signal });
    states[index] =
      outcome === undefined
        ? { name: plan.name, state: 'Deployed' }
        : { name: plan.name, state: 'Failed', detail: outcome };
    onChange([...states]);
    if (outcome !== undefined) return;
  }
}

type One = Pick<DeployInput, 'network' | 'signer' | 'configMaps' | 'signal'> & { readonly plan: ContractPlan };

/** Undefined when it is on the chain, else why not. */
async function deployOne({ network, signer, plan, configMaps, signal }: One): Promise<string | undefined> {
  const source = sourceOf(plan, configMaps);
  if (source === undefined)
    return `${plan.name} is no shipped contract (${Object.keys(SHIPPED).join(', ')}) and has no configMapKeyRef`;
  const compiled = compile(source, { file: `${plan.name}.prd` });
  if (!compiled.ok) return compiled.diagnostics.map(renderDiagnostic).join('\n');
  const { abi } = compiled;
  if ((await network.contract(`${plan.name}.${abi.contract}`)) !== undefined) return undefined;
  const onDeploy = abi.functions.find(({ op }) => op === abi.onDeploy);
  const given = plan.source.kind === 'shipped' ? (SHIPPED[plan.name]?.args ?? []) : [];
  if (onDeploy !== undefined && onDeploy.params.length !== given.length) {
    return `on_deploy takes ${onDeploy.params.length} arguments, and a testnet.yaml gives none: deploy it with rxctl deploy --args`;
  }
  const owner = formatAddress(signer.address);
  const values = given.map((value): Json => (value === DEPLOYER ? owner : value));
  const args = onDeploy === undefined ? new Uint8Array() : encodeArgs(abi, onDeploy, values);
  const id = await network.submit({ kind: 'deploy', dapp: plan.name, source, args }, signer, {
    validForMs: DEPLOYMENT_VALID_MS,
  });
  const report = await untilFinal(network, id, signal);
  return report.state === 'Completed'
    ? undefined
    : `transaction ${id} ended ${report.state}${report.failure === undefined ? '' : `: ${report.failure.outcome}`}`;
}

function sourceOf({ name, source }: ContractPlan, configMaps: TestnetFile['configMaps']): string | undefined {
  if (source.kind === 'configMap') return configMaps.get(source.name)?.get(source.key);
  const shipped = SHIPPED[name];
  return shipped === undefined ? undefined : readFileSync(join(REPOSITORY, 'contracts', shipped.file), 'utf8');
}
