/** The stories of all contracts on the real machine, with every store checked. */
import { expect, test } from 'vitest';
import { partitionOfTarget } from '../node/src/core/address.ts';
import { RECEIPT, RECEIPT_BYTES, RELAY_FIXED_BYTES } from '../node/src/core/layouts.ts';
import { GLOBAL_PARTITION, REPLICA_PARTITION } from '../node/src/core/scopes.ts';
import { Machine } from '../node/src/vm/machine.ts';
import { cellId, record } from '../node/src/vm/testing/records.ts';
import { RELAY_KIND, SCOPE_CODE } from '../preda/src/rt.ts';
import { compareOperators, KINDS } from '../preda/src/testing/arith-model.ts';
import type { Invocation, Outcome, Relay, StoryRuntime, World } from '../preda/src/testing/fake-runtime.ts';
import { STORIES, Teller } from '../preda/src/testing/stories.ts';
import type { Scope } from '../preda/src/types.ts';

const CONTRACT = 7;
const ORDER = 2;
const PARTITIONS = 1 << ORDER;
const GAS = 1_000_000_000n;
const WIRE_DEFERRED = 2;

/** The machine as a story sees it: one block per invocation, relays handed back. */
class MachineRuntime implements StoryRuntime {
  readonly world: World = { height: 1, partitionOrder: ORDER };
  readonly #vm = Machine.create({ partitions: PARTITIONS, seed: new Uint8Array(32).fill(3), guard: true });
  #count = 0;

  constructor(wasm: Uint8Array) {
    this.#vm.installContract(CONTRACT, new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>));
    this.#vm.setOwners(new Uint16Array(PARTITIONS), 0);
  }

  run(invocation: Invocation): Outcome {
    const isUser = (invocation.kind ?? 0) === 0 && invocation.scope === 'address';
    const initiator = invocation.initiator ?? new Uint8Array(36);
    const bytes = record(
      {
        kind: isUser ? 0 : 1,
        scope: SCOPE_CODE[invocation.scope],
        op: invocation.op,
        contract: CONTRACT,
        gas: invocation.gas ?? GAS,
        price: 0n,
        nonce: isUser ? this.#vm.account(initiator).nonce : 0n,
        initiator,
        partition: invocation.partition ?? 0,
        index: this.#count++,
        key: invocation.key,
        args: invocation.args,
      },
      PARTITIONS,
    );
    const { ret } = this.#vm.call(bytes, GAS);
    this.#vm.beginBlock({
      height: this.world.height,
      timestampMs: this.world.height * 1000,
      parentId: new Uint8Array(32),
      minerAddress: new Uint8Array(36),
      blockGas: 1n << 60n,
    });
    if (isUser) this.#vm.credit(initiator, 1n);
    const result = this.#vm.run(bytes);
    expect(result.stop).toBe('end');
    const receipt = RECEIPT.decode(result.receipts.slice(0, RECEIPT_BYTES));
    const relays = relaysIn(result.relays.slice());
    // As the chain does with every block of the home group: what is global reaches the replica.
    for (const { partition, diff } of this.#vm.endBlock().diffs) {
      if (partition === GLOBAL_PARTITION) this.#vm.applyDiff(REPLICA_PARTITION, diff);
    }
    expect(receipt.status === 0).toBe(receipt.exception === 0);
    return {
      fault: receipt.exception,
      relays,
      returned: ret.length > 0 ? ret : undefined,
      amount: receipt.amountLow + (receipt.amountHigh << 64n),
      gas: receipt.gas,
    };
  }

  partitionOf(scope: Scope, key: Uint8Array): number {
    return scope === 'shard' ? 0 : partitionOfTarget(SCOPE_CODE[scope], key, PARTITIONS);
  }

  instance(scope: Scope, key: Uint8Array, partition: number): Uint8Array | undefined {
    const at = scope === 'shard' ? partition : this.partitionOf(scope, key);
    return this.#vm.get(at, cellId(CONTRACT, SCOPE_CODE[scope], key));
  }
}

function relaysIn(bytes: Uint8Array): Relay[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const relays: Relay[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint32(at, true)) {
    const keyBytes = bytes[at + 196]!;
    const args = at + RELAY_FIXED_BYTES + ((keyBytes + 7) & ~7);
    relays.push({
      kind: bytes[at + 4] === WIRE_DEFERRED ? RELAY_KIND.next : RELAY_KIND.key,
      scope: bytes[at + 5]!,
      key: bytes.slice(at + RELAY_FIXED_BYTES, at + RELAY_FIXED_BYTES + keyBytes),
      op: view.getUint16(at + 6, true),
      args: bytes.slice(args, args + view.getUint32(at + 192, true)),
      partition: view.getUint32(at + 184, true),
    });
  }
  return relays;
}

const WIDE = KINDS.filter(({ bits }) => bits === 128);
test.each(WIDE)('the runtime computes 128 bits as BigInt does, signed: $signed', (kind) => {
  compareOperators(kind, 1500, (wasm) => new MachineRuntime(wasm));
});

test.each(STORIES)('$name', ({ run }) => run(new Teller((wasm) => new MachineRuntime(wasm))));
