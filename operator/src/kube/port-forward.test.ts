import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type PodPort, PortForwards } from './port-forward.ts';

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
