// Finds free loopback ports and keeps the ones a network already had, so that a restart changes no address without need.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/**
 * Below the range systems take the near ends of outgoing connections from (32768 on Linux, 49152 elsewhere): a port of
 * that range can be gone again between our look and our child's.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;
const TRIES_MAX = 1_000;

/** True when nobody listens there now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port from ${FIRST_PORT} to ${LAST_PORT} in ${TRIES_MAX} tries`);
}

/**
 * A port for every name: the remembered one while it is free or `isOurs` says that our own child holds it, else a new one.
 * The ports of one call differ from each other.
 */
export async function allocatePorts(
  names: readonly string[],
  remembered: Readonly<Record<string, number>>,
  isOurs: (name: string) => boolean,
): Promise<Readonly<Record<string, number>>> {
  const taken = new Set<number>();
  const ports: Record<string, number> = {};
  for (const name of names) {
    const old = remembered[name];
    if (old === undefined || taken.has(old) || !(isOurs(name) || (await isFree(old)))) continue;
    ports[name] = old;
    taken.add(old);
  }
  for (const name of names) {
    if (ports[name] !== undefined) continue;
    const port = await freePort(taken);
    ports[name] = port;
    taken.add(port);
  }
  return ports;
}
