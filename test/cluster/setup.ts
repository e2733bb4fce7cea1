// For the tests that need a cluster, one they share: found or made when the first of them asks, ended when all are over. It is made
// here and not where it is asked for, because what is made ends with the process that made it, and each test file has its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { isRequired } from './choose.ts';
import type { Cluster, ClusterDescription, Skip } from './cluster-type.ts';
import { reasonOf } from './errors.ts';
import { makeCluster } from './make.ts';
import { openCluster } from './open.ts';

const MACHINES = 3;

let folder = '';
let server: Server | undefined;
let described: Promise<ClusterDescription | Skip> | undefined;
let made: Cluster | undefined;

export async function setup(project: TestProject): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-cluster-'));
  const socket = join(folder, 'ask');
  const listening = createServer((asking) => {
    // Whoever asks may have given up by the time there is an answer.
    asking.on('error', () => undefined);
    described ??= describe();
    void described.then((description) => asking.end(JSON.stringify(description)));
  });
  server = listening;
  await new Promise<void>((resolve, reject) => listening.once('error', reject).listen(socket, resolve));
  project.provide('clusterSocket', socket);
}

/** What goes wrong is the reason of every skip, and a failure where REXNET_REQUIRE names `cluster`: other tests go on either way. */
async function describe(): Promise<ClusterDescription | Skip> {
  const isAsked = isRequired(process.env['REXNET_REQUIRE']);
  const say = (line: string) => process.stderr.write(`cluster: ${line}\n`);
  try {
    const options = { machines: MACHINES, lifetime: 'opener', installs: isAsked, say } as const;
    const { description, isNew } = await makeCluster(isAsked, options);
    if (isNew && 'kubeconfig' in description) made = openCluster(description);
    return description;
  } catch (error) {
    return { reason: `cluster: ${reasonOf(error)}` };
  }
}

/** Throws when something of the cluster is left. */
export async function teardown(): Promise<void> {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
  await described;
  await made?.down();
}
