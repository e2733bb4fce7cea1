import { equalBytes } from '@rexnet/node/core/bytes.ts';
import { type ErrorCode, refusal } from '@rexnet/node/rpc/errors.ts';
import { startServers } from '@rexnet/node/rpc/server.ts';
import { MemoryBackend } from '@rexnet/node/rpc/testing/memory-backend.ts';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import { createTelemetry } from '@rexnet/node/telemetry/telemetry.ts';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../kube/clock.ts';
import { fastClock } from '../kube/testing/clocks.ts';
import { GrpcProposals } from './grpc-proposals.ts';
import { ProposalError } from './proposals.ts';

const UPDATE = new Uint8Array(200).fill(4);
/** Nobody listens there. */
const NOBODY = '127.0.0.1:1';
const never = new AbortController().signal;
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function node(): Promise<{ readonly backend: MemoryBackend; readonly address: string }> {
  const backend = new MemoryBackend();
  const log = createLog({ level: 'silent', base: {} });
  const any = { host: '127.0.0.1', port: 0 };
  const servers = await startServers(
    { backend, log, metrics: createTelemetry('node').metrics },
    { grpc: any, peerGrpc: any },
  );
  closers.push(() => servers.stop());
  return { backend, address: `127.0.0.1:${servers.grpc.port}` };
}

async function codeOf(said: Promise<void>): Promise<string> {
  const error = await said.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return error instanceof ProposalError ? `${error.code} ${error.message}` : String(error);
}

function refuses(backend: MemoryBackend, code: ErrorCode, message: string): void {
  backend.judge = () => refusal(code, { message });
}

test('the first node that hears has it', async () => {
  const [first, second] = await Promise.all([node(), node()]);
  await new GrpcProposals(systemClock).propose([NOBODY, first.address, second.address], UPDATE, never);
  expect(first.backend.submitted.map((bytes) => equalBytes(bytes, UPDATE))).toEqual([true]);
  expect(second.backend.submitted).toEqual([]);
});

test('what a node refuses is told in its words, and asked of no other', async () => {
  const [first, second] = await Promise.all([node(), node()]);
  refuses(first.backend, 'BAD_MAP_UPDATE', 'the map update is refused: WRONG_EPOCH');
  const said = new GrpcProposals(systemClock).propose([first.address, second.address], UPDATE, never);
  expect(await codeOf(said)).toBe('REFUSED the map update is refused: WRONG_EPOCH');
  expect(second.backend.submitted).toEqual([]);
});

test('silence, a node that is not ready and one that never answers are not a refusal', async () => {
  const [starting, mute] = await Promise.all([node(), node()]);
  refuses(starting.backend, 'NOT_READY', 'the node is not in sync yet');
  const gate = Promise.withResolvers<void>();
  mute.backend.submitGate = gate.promise;
  closers.push(() => gate.resolve());
  const proposals = new GrpcProposals(fastClock(10));
  expect(await codeOf(proposals.propose([], UPDATE, never))).toMatch(/^NOT_HEARD no node/);
  expect(await codeOf(proposals.propose([NOBODY], UPDATE, never))).toMatch(/^NOT_HEARD /);
  expect(await codeOf(proposals.propose([starting.address], UPDATE, never))).toBe(
    'NOT_HEARD the node is not in sync yet',
  );
  expect(await codeOf(proposals.propose([mute.address], UPDATE, never))).toBe('NOT_HEARD not answered in time');
});
