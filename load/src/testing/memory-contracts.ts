// The shipped contracts as a network in memory runs them: their real code on the language's test runtime. Knows no blocks.
import { readFileSync } from 'node:fs';
import { partitionOf } from '@rexnet/node/core/address.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { SCOPE } from '@rexnet/node/core/scopes.ts';
import { type Abi, compile, encodeArgs, type Json } from '@rexnet/preda/index.ts';
import { FakeRuntime } from '@rexnet/preda/testing/fake-runtime.ts';

/** One call of a contract, its scope by number. */
export interface MemoryCall {
  readonly op: number;
  readonly scope: number;
  readonly key: Uint8Array;
  readonly args: Uint8Array;
  readonly initiator: Uint8Array;
  readonly isRelay: boolean;
  readonly gas: bigint;
}

export interface MemoryOutcome {
  readonly fault: number;
  readonly gas: bigint;
  readonly returned: Uint8Array;
  readonly relays: readonly MemoryCall[];
}

export const MEMORY_SUPPLY = 10n ** 18n;
const DEPLOY_GAS = 1_000_000_000n;
const BROADCAST = 2;
const NAMES: Readonly<Record<string, readonly [string, (owner: string) => Json]>> = {
  'token.Token': ['token', (owner) => ['RXT', `${MEMORY_SUPPLY}`, owner]],
  'token_global.TokenGlobal': ['token-global', (owner) => ['RXT', `${MEMORY_SUPPLY}`, owner]],
  'airdrop.Airdrop': ['airdrop', (owner) => ['1000000000000', '1000', owner]],
  'poll.Poll': ['poll', (owner) => ['?', ['red', 'green', 'blue'], owner]],
};

export class MemoryContract {
  readonly id: bigint;
  readonly abi: Abi;
  readonly #runtime: FakeRuntime;
  readonly #partitions: number;

  /** Deployed by `owner`; undefined when there is no such contract. */
  static find(name: string, id: bigint, owner: Uint8Array, partitions: number): MemoryContract | undefined {
    const known = NAMES[name];
    if (known === undefined) return undefined;
    const [file, args] = known;
    const compiled = compiledOf(file);
    const contract = new MemoryContract(id, compiled.abi, new FakeRuntime(compiled.wasm), partitions);
    contract.#deploy(args(toHex(owner)), owner);
    return contract;
  }

  private constructor(id: bigint, abi: Abi, runtime: FakeRuntime, partitions: number) {
    this.id = id;
    this.abi = abi;
    this.#runtime = runtime;
    this.#partitions = partitions;
    runtime.world.partitionOrder = Math.log2(partitions);
  }

  run({ op, scope, key, args, initiator, isRelay, gas }: MemoryCall): MemoryOutcome {
    const found = this.abi.functions.find((one) => one.op === op);
    const outcome = this.#runtime.run({
      op,
      scope: scope === SCOPE.address ? 'address' : scope === SCOPE.shard ? 'shard' : 'global',
      key: scope === SCOPE.address ? key : new Uint8Array(0),
      args,
      kind: isRelay ? 1 : 0,
      initiator,
      partition: this.#partitionOf(scope, key),
      gas,
    });
    if (found === undefined && !isRelay) throw new Error(`no function ${op}`);
    return {
      fault: outcome.fault,
      gas: outcome.gas,
      returned: outcome.returned ?? new Uint8Array(0),
      relays: outcome.relays.flatMap((relay) => {
        const one = { ...relay, initiator, isRelay: true, gas: 0n };
        if (relay.kind !== BROADCAST || relay.scope !== SCOPE.shard) return [one];
        return Array.from({ length: this.#partitions }, (_, p) => ({ ...one, key: Uint8Array.of(p, p >> 8, 0, 0) }));
      }),
    };
  }

  #partitionOf(scope: number, key: Uint8Array): number {
    if (scope === SCOPE.address) return partitionOf(key, this.#partitions);
    return scope === SCOPE.shard ? (key[0] ?? 0) + ((key[1] ?? 0) << 8) : 0;
  }

  #deploy(values: Json, owner: Uint8Array): void {
    const fn = this.abi.functions.find(({ op }) => op === this.abi.onDeploy);
    if (fn === undefined) throw new Error('a shipped contract has an on_deploy');
    const args = encodeArgs(this.abi, fn, values);
    const open: MemoryCall[] = [
      {
        op: fn.op,
        scope: SCOPE.global,
        key: new Uint8Array(0),
        args,
        initiator: owner,
        isRelay: false,
        gas: DEPLOY_GAS,
      },
    ];
    for (let call = open.shift(); call !== undefined; call = open.shift()) {
      const { fault, relays } = this.run({ ...call, gas: DEPLOY_GAS });
      if (fault !== 0) throw new Error(`deploying failed with ${fault}`);
      open.push(...relays);
    }
  }
}

type Compiled = { readonly abi: Abi; readonly wasm: Uint8Array };

function compiledOf(file: string): Compiled {
  const known = COMPILED.get(file);
  if (known !== undefined) return known;
  const result = compile(readFileSync(new URL(`../../../contracts/${file}.prd`, import.meta.url), 'utf8'));
  if (!result.ok) throw new Error(`${file}.prd does not compile`);
  COMPILED.set(file, result);
  return result;
}
const COMPILED = new Map<string, Compiled>();
