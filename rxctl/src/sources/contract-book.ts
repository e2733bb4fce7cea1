// What deployed contracts are, each asked for once: it does not change. Who is slow to say so is not waited for.
import { setTimeout as delay } from 'node:timers/promises';
import { SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import type { Network } from '../network.ts';
import type { ContractSight } from './source.ts';

const ANSWER_MAX_MS = 500;

export class ContractBook {
  readonly #network: () => Network | undefined;
  readonly #answerMaxMs: number;
  readonly #known = new Map<string, ContractSight>();
  readonly #asking = new Set<string>();

  constructor(network: () => Network | undefined, answerMaxMs: number = ANSWER_MAX_MS) {
    this.#network = network;
    this.#answerMaxMs = answerMaxMs;
  }

  /** With what is known of those that are deployed. */
  async look(observed: readonly ContractSight[], isAnswering: boolean): Promise<readonly ContractSight[]> {
    const asked = observed
      .filter(({ name, state }) => isAnswering && state === 'Deployed' && !this.#known.has(name))
      .map((contract) => this.#ask(contract));
    if (asked.length > 0) await Promise.race([Promise.all(asked), delay(this.#answerMaxMs, undefined, { ref: false })]);
    return observed.map((contract) => this.#known.get(contract.name) ?? contract);
  }

  async #ask(contract: ContractSight): Promise<void> {
    const shipped = SHIPPED[contract.name];
    if (shipped === undefined || this.#asking.has(contract.name)) return;
    this.#asking.add(contract.name);
    const found = await this.#network()
      ?.contract(`${contract.name}.${shipped.contract}`)
      .catch(() => undefined);
    this.#asking.delete(contract.name);
    if (found === undefined) return;
    const { id, name: fullName, codeHash, abi } = found;
    const functions = abi.functions
      .filter(({ isExport, isLambda }) => isExport && !isLambda)
      .map(({ name, scope, isConst }) => ({ name, scope, isConst }));
    this.#known.set(contract.name, { ...contract, fullName, id: `${id}`, codeHash, functions });
  }
}
