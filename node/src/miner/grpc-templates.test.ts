import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeGroups } from '../../../test/doubles/fake-groups.ts';
import { MinedGroup, serveGroup } from '../../../test/doubles/mined-group.ts';
import { bitsFromTarget, targetForHashes } from '../consensus/target.ts';
import type { RpcServers } from '../rpc/server.ts';
import { type GroupStanding, GrpcTemplates, type MiningNodes } from './grpc-templates.ts';
import type { Template } from './ports.ts';

const NETWORK = Uint8Array.of(1, 2, 3, 4);
const stop = { controller: new AbortController() };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  stop.controller.abort();
  stop.controller = new AbortController();
  for (const close of closers.splice(0).reverse()) await close();
});

const fakeGroups = (networkId = NETWORK) =>
  new FakeGroups({
    chainIdBase: 64,
    targetBits: bitsFromTarget(targetForHashes(1n)),
    blockIntervalMs: 20,
    parentTarget: targetForHashes(1n),
    networkId,
  });

async function serve(groups: FakeGroups, group: number): Promise<{ backend: MinedGroup; servers: RpcServers }> {
  const backend = new MinedGroup({ groups, group });
  const servers = await serveGroup(backend);
  closers.push(() => servers.stop());
  return { backend, servers };
}

const peerOf = ({ peerGrpc: { host, port } }: RpcServers) => `${host}:${port}`;
/** Refuses connections: it was bound once and is free again. */
async function deadAddress(): Promise<string> {
  const servers = await serveGroup(new MinedGroup({ groups: fakeGroups(), group: 9 }));
  await servers.stop();
  return peerOf(servers);
}

function open(nodes: MiningNodes, silenceMs?: number) {
  const standings: GroupStanding[] = [];
  const templates = new GrpcTemplates({
    networkId: NETWORK,
    onStanding: (standing) => standings.push(standing),
    ...(silenceMs === undefined ? {} : { silenceMs }),
  });
  templates.setNodes(nodes);
  const stream = (group: number) => templates.watch(group, stop.controller.signal)[Symbol.asyncIterator]();
  return { templates, standings, stream };
}

async function next(stream: AsyncIterator<Template | undefined>): Promise<Template | undefined> {
  const { value } = await stream.next();
  return value;
}

test('a template arrives as the miner wants it, and a proof goes back to its node', async () => {
  const groups = fakeGroups();
  const { servers } = await serve(groups, 3);
  const { templates, standings, stream } = open(new Map([[3, [peerOf(servers)]]]));
  const template = await next(stream(3));
  expect(template).toMatchObject({ group: 3, targetBits: bitsFromTarget(targetForHashes(1n)) });
  expect(template?.timestampMs).toBe(template?.notBeforeMs);
  expect(standings).toEqual([{ kind: 'follows', group: 3, address: peerOf(servers) }]);
  expect(templates.dueCount(Date.now() + 60_000)).toBe(1);
  expect(await templates.submit(3, new Uint8Array(32), new Uint8Array(4))).toEqual({
    accepted: false,
    reason: 'STALE_TEMPLATE: stale',
  });
  const refused = await templates.submit(3, template!.blockId, new Uint8Array(4));
  expect(refused.reason).toMatch(/^BAD_PROOF: /);
});

test('a proof for a group nobody serves is refused at once', async () => {
  const { templates } = open(new Map());
  expect((await templates.submit(7, new Uint8Array(32), new Uint8Array(4))).accepted).toBe(false);
  await expect(templates.submitParentHeaders([new Uint8Array(80)])).rejects.toThrow(/group 0/);
});

test('the only node of a group is dialled anew when nothing answers there', async () => {
  const dials = { count: 0 };
  // As the address of a pod that is gone, but sooner seen: whoever connects waits.
  const mute = createServer((socket) => {
    dials.count++;
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  closers.push(() => mute.close());
  const { port } = mute.address() as AddressInfo;
  const { standings, stream } = open(new Map([[3, [`127.0.0.1:${port}`]]]), 200);
  void stream(3).next();
  await vi.waitUntil(() => dials.count > 1, { timeout: 20_000 });
  expect(standings).toEqual([{ kind: 'away', group: 3, reason: `127.0.0.1:${port} gives no templates` }]);
});

test('parent headers go to group 0 only', async () => {
  const groups = fakeGroups();
  const zero = await serve(groups, 0);
  const one = await serve(groups, 1);
  const taken: number[] = [];
  zero.backend.submitParentHeaders = async (headers) => {
    taken.push(headers.length);
    return { accepted: 1, bestHeight: 1 };
  };
  one.backend.submitParentHeaders = async () => {
    throw new Error('not for group 1');
  };
  const { templates, stream } = open(new Map([0, 1].map((g) => [g, [peerOf(g === 0 ? zero.servers : one.servers)]])));
  await next(stream(0));
  await templates.submitParentHeaders([new Uint8Array(80), new Uint8Array(80)]);
  expect(taken).toEqual([160]);
});

test('the next node takes over when the first is away, and again when it stops', async () => {
  const groups = fakeGroups();
  const second = await serve(groups, 0);
  const third = await serve(groups, 0);
  const { stream, standings } = open(
    new Map([[0, [await deadAddress(), peerOf(second.servers), peerOf(third.servers)]]]),
  );
  const templates = stream(0);
  expect((await next(templates))?.group).toBe(0);
  const gone = next(templates);
  await second.servers.stop();
  expect(await gone).toBeUndefined();
  expect((await next(templates))?.group).toBe(0);
  expect(standings.map((s) => s.kind === 'follows' && s.address)).toEqual([
    peerOf(second.servers),
    peerOf(third.servers),
  ]);
});

test('a group without a living node is told away once, and followed when one comes up', async () => {
  const groups = fakeGroups();
  const dead = await deadAddress();
  const { templates, stream, standings } = open(new Map([[0, [dead]]]));
  const first = next(stream(0));
  await expect.poll(() => standings.length, { timeout: 5_000 }).toBe(1);
  const { servers } = await serve(groups, 0);
  templates.setNodes(new Map([[0, [dead, peerOf(servers)]]]));
  expect((await first)?.group).toBe(0);
  expect(standings.map((s) => s.kind)).toEqual(['away', 'follows']);
});

test('a node that came back on the same port is found by itself', async () => {
  const groups = fakeGroups();
  const { servers } = await serve(groups, 0);
  const { stream } = open(new Map([[0, [peerOf(servers)]]]));
  const templates = stream(0);
  await next(templates);
  const gone = next(templates);
  await servers.stop();
  expect(await gone).toBeUndefined();
  const back = next(templates);
  const again = await serveGroup(new MinedGroup({ groups, group: 0 }), { grpc: 0, peer: servers.peerGrpc.port });
  closers.push(() => again.stop());
  expect((await back)?.group).toBe(0);
});

test('a silent node is left for another one', async () => {
  const groups = fakeGroups();
  const silent = await serve(groups, 0);
  silent.backend.isSilent = true;
  const lively = await serve(groups, 0);
  const { stream, standings } = open(new Map([[0, [peerOf(silent.servers), peerOf(lively.servers)]]]), 100);
  expect((await next(stream(0)))?.group).toBe(0);
  expect(standings).toEqual([{ kind: 'follows', group: 0, address: peerOf(lively.servers) }]);
});

test('a node that is no longer listed is left', async () => {
  const groups = fakeGroups();
  const [old, fresh] = [await serve(groups, 0), await serve(groups, 0)];
  const { templates, stream, standings } = open(new Map([[0, [peerOf(old.servers)]]]));
  const watched = stream(0);
  await next(watched);
  templates.setNodes(new Map([[0, [peerOf(fresh.servers)]]]));
  expect(await next(watched)).toBeUndefined();
  expect((await next(watched))?.group).toBe(0);
  expect(standings.at(-1)).toEqual({ kind: 'follows', group: 0, address: peerOf(fresh.servers) });
});

test.each([
  ['of another network', fakeGroups(new Uint8Array(4)), 0, /WRONG_NETWORK/],
  ['of another group', fakeGroups(), 5, /WRONG_GROUP: a node of group 5/],
])('a node %s is no node of the group', async (_, groups, group, reason) => {
  const { servers } = await serve(groups, group);
  const { stream, standings } = open(new Map([[0, [peerOf(servers)]]]));
  void stream(0).next();
  await expect.poll(() => standings.length, { timeout: 5_000 }).toBe(1);
  expect(standings[0]).toMatchObject({ kind: 'away', reason: expect.stringMatching(reason) });
});
