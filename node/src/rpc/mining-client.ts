// The Mining service from the miner's side: one node, templates in, proofs out.
import { credentials } from '@grpc/grpc-js';
import type { MiningClient as MiningStub } from '@rexnet/proto/generated/rexnet/v1/Mining.ts';
import { Mining } from '@rexnet/proto/load.ts';
import type { Template } from './backend.ts';
import { CHANNEL_OPTIONS, callUnary, messages, type UnaryOptions } from './channel.ts';
import { countOf } from './wire.ts';

export class MiningRpc {
  readonly address: string;
  readonly #stub: MiningStub;

  constructor(address: string) {
    this.address = address;
    this.#stub = new Mining(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  close(): void {
    this.#stub.close();
  }

  async *watchTemplate(signal?: AbortSignal): AsyncGenerator<Template, void, undefined> {
    for await (const wire of messages(this.#stub.WatchTemplate({}), signal)) {
      const { group, header, blockId, target } = wire;
      yield {
        group,
        header,
        blockId,
        target,
        sequence: countOf(wire.sequence, 'sequence'),
        height: countOf(wire.height, 'height'),
        notBeforeMs: countOf(wire.notBeforeMs, 'not_before_ms'),
      };
    }
  }

  async submitProof(
    proof: { readonly blockId: Uint8Array; readonly witness: Uint8Array },
    options?: UnaryOptions,
  ): Promise<{ readonly height: number }> {
    const answer = await callUnary(this.#stub, Mining.service.SubmitProof, { ...proof }, options);
    return { height: countOf(answer.height, 'height') };
  }

  /** 80-byte headers one after the other. */
  async submitParentHeaders(
    headers: Uint8Array,
    options?: UnaryOptions,
  ): Promise<{ readonly accepted: number; readonly bestHeight: number }> {
    const answer = await callUnary(this.#stub, Mining.service.SubmitParentHeaders, { headers }, options);
    return { accepted: answer.accepted, bestHeight: countOf(answer.bestHeight, 'best_height') };
  }
}
