// Finds free loopback ports and keeps the ones a network already had, so that a restart changes no address without need.
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** True when nobody listens there now. */
export function isFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

/** Listens for a moment; resolves to the port that was given. */
function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
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
    let port = await listen(0);
    while (taken.has(port)) port = await listen(0);
    ports[name] = port;
    taken.add(port);
  }
  return ports;
}
