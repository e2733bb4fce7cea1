// From the words of a command line to an action: a transfer, a call of a contract, a deployment. It asks the network what a
// contract looks like, signs nothing and sends nothing.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseAmount } from '@rexnet/node/core/amount.ts';
import { compile, renderDiagnostic } from '@rexnet/preda/index.ts';
import { chooseFunction, encodeWords, targetOf } from './call-target.ts';
import type { Context } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import type { Action, DeployedContract, Network } from './network.ts';

type Parts = Pick<Context, 'network' | 'keys'>;

export type Wanted = {
  /** The word transfer, or DApp.Contract. */
  readonly what: string;
  /** Receiver, or function. */
  readonly to: string;
  readonly words: readonly string[];
  readonly from: string;
  readonly target: string | undefined;
};

export async function actionOf(parts: Parts, wanted: Wanted): Promise<Action> {
  return wanted.what === 'transfer' ? transferOf(parts, wanted) : callOf(parts, wanted);
}

export async function findContract(network: Network, reference: string): Promise<DeployedContract> {
  const found = await network.contract(reference);
  if (found === undefined)
    throw new CliError(
      EXIT.error,
      `nobody has deployed ${reference}`,
      'contracts are named DApp.Contract, such as token.Token; deploy one: rxctl deploy FILE',
    );
  return found;
}

export type Deployment = {
  readonly cwd: string;
  readonly file: string;
  readonly words: readonly string[];
  readonly dapp: string | undefined;
};

/** Compiled here first, so that a faulty source is shown with its line. */
export function deploymentOf({ keys }: Parts, { cwd, file, words, dapp }: Deployment): Action {
  const source = sourceAt(cwd, file);
  const compiled = compile(source, { file });
  if (!compiled.ok)
    throw new CliError(
      EXIT.error,
      `${file} does not compile\n${compiled.diagnostics.map(renderDiagnostic).join('\n')}`,
    );
  const { abi } = compiled;
  const onDeploy = abi.functions.find(({ op }) => op === abi.onDeploy);
  if (onDeploy === undefined && words.length > 0)
    throw new CliError(EXIT.usage, `${abi.contract} has no on_deploy that takes arguments`, 'leave them out');
  const args =
    onDeploy === undefined ? new Uint8Array() : encodeWords(abi, onDeploy, words, (text) => keys.address(text));
  return { kind: 'deploy', dapp: dapp ?? basename(file).replace(/\.prd$/, ''), source, args };
}

function sourceAt(cwd: string, file: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new CliError(EXIT.usage, `${file} cannot be read`, 'name the PREDA source of one contract', { cause });
  }
}

function transferOf({ keys }: Parts, { to, words }: Wanted): Action {
  const [amount, ...rest] = words;
  const amountMsat = amount === undefined ? undefined : parseAmount(amount);
  if (amountMsat === undefined || rest.length > 0)
    throw new CliError(
      EXIT.usage,
      `${words.join(' ') || 'nothing'} is no amount`,
      'write 0.5 (rxBTC), 1200sat or 5000msat',
    );
  return { kind: 'transfer', to: keys.address(to), amountMsat };
}

async function callOf({ network, keys }: Parts, { what, to, words, from, target }: Wanted): Promise<Action> {
  const { id, abi } = await findContract(network, what);
  const fn = chooseFunction(abi, to, words.length, (each) => each.isExport);
  const addressOf = (text: string): Uint8Array => keys.address(text);
  return {
    kind: 'call',
    contract: id,
    op: fn.op,
    target: targetOf(fn, target, addressOf(from), addressOf),
    args: encodeWords(abi, fn, words, addressOf),
  };
}
