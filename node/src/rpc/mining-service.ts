// The Mining service: templates out, proofs and parent headers in. A slow miner gets the newest template, never a queue.
import type { MiningHandlers } from '@rexnet/proto/generated/rexnet/v1/Mining.ts';
import type { WatchTemplateResponse } from '@rexnet/proto/generated/rexnet/v1/WatchTemplateResponse.ts';
import type { Caller, MiningBackend } from './backend.ts';
import type { Calls } from './calls.ts';
import { bad, bytesOf, ID_BYTES } from './wire.ts';

const MAX_WITNESS_BYTES = 256 * 1024;
export const PARENT_HEADER_BYTES = 80;
const MAX_PARENT_HEADERS = 2_000;

export function miningService(backend: MiningBackend, calls: Calls): MiningHandlers {
  return {
    WatchTemplate: calls.serverStream('Mining.WatchTemplate', (_, caller) => templates(backend, caller)),

    SubmitProof: calls.unary('Mining.SubmitProof', async (request, caller) => {
      const blockId = bytesOf(request.blockId, ID_BYTES, 'block_id');
      if (request.witness.length > MAX_WITNESS_BYTES) throw bad('witness', `at most ${MAX_WITNESS_BYTES} bytes`);
      return { height: (await backend.submitProof({ blockId, witness: request.witness }, caller)).height };
    }),

    SubmitParentHeaders: calls.unary('Mining.SubmitParentHeaders', async (request, caller) => {
      const count = request.headers.length / PARENT_HEADER_BYTES;
      if (!Number.isInteger(count) || count > MAX_PARENT_HEADERS) {
        throw bad('headers', `at most ${MAX_PARENT_HEADERS} headers of ${PARENT_HEADER_BYTES} bytes`);
      }
      return { ...(await backend.submitParentHeaders(request.headers, caller)) };
    }),
  };
}

async function* templates(
  backend: MiningBackend,
  caller: Caller,
): AsyncGenerator<WatchTemplateResponse, void, undefined> {
  let seen: number | undefined;
  for (;;) {
    const template = await backend.nextTemplate(seen, caller.signal);
    seen = template.sequence;
    yield { ...template };
  }
}
