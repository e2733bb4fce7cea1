import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { type PodPort, PortForwards, tunnelThrough } from './port-forward.ts';

const TARGET: PodPort = { namespace: 'lab', pod: 'demo-g0-0', port: 7070 };
let forwards: PortForwards | undefined;
const joined: string[] = [];

afterEach(async () => {
  await forwards?.close();
  joined.length = 0;
});

function open(tunnel: (target: PodPort, socket: Socket) => Promise<void>): PortForwards {
  forwards = new PortForwards(async (target, socket) => {
    joined.push(`${target.pod}:${target.port}`);
    await tunnel(target, socket);
  });
  return forwards;
}

async function dial(address: string): Promise<Socket> {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

test('each port of a pod has one address here, and a connection to it reaches the pod', async () => {
  const all = open(async (_, socket) => void socket.pipe(socket));
  const at = await all.address(TARGET);
  expect(await all.address(TARGET)).toBe(at);
  expect(await all.address({ ...TARGET, port: 7072 })).not.toBe(at);
  expect(joined).toEqual([]);
  const socket = await dial(at);
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toBe('hello');
  expect(joined).toEqual(['demo-g0-0:7070']);
  socket.destroy();
});

test('where there is no way to the pod, the connection ends, and the next one tries again', async () => {
  const at = await open(() => Promise.reject(new Error('no such pod'))).address(TARGET);
  for (let attempt = 1; attempt <= 2; attempt++) {
    const socket = await dial(at);
    socket.resume();
    await once(socket, 'close');
    expect(joined).toHaveLength(attempt);
  }
});

test('closing ends what is connected', async () => {
  const all = open(async () => {});
  const socket = await dial(await all.address(TARGET));
  socket.resume();
  const closed = once(socket, 'close');
  await expect.poll(() => joined.length).toBe(1);
  await all.close();
  await closed;
});

/** An API server that does with each connection what it is told. */
async function forwardsTo(
  answer: (socket: Socket) => void,
): Promise<{ readonly all: PortForwards; readonly held: Socket[] }> {
  const held: Socket[] = [];
  const server = createServer((socket) => {
    held.push(socket);
    socket.on('error', () => {});
    answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser(
    { name: 'here', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'me' },
  );
  forwards = new PortForwards(tunnelThrough(config));
  return { all: forwards, held };
}

test('what an API server never answers ends with the connection that wanted it', async () => {
  const { all, held } = await forwardsTo((socket) => void socket.resume());
  await dial(await all.address(TARGET));
  await expect.poll(() => held.length).toBe(1);
  const ended = once(held[0]!, 'close');
  await all.close();
  await ended;
  expect(all.isForbidden).toBe(false);
});

test('a refusal is remembered', async () => {
  const { all } = await forwardsTo((socket) => socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n'));
  const socket = await dial(await all.address(TARGET));
  socket.resume();
  await once(socket, 'close');
  expect(all.isForbidden).toBe(true);
});
