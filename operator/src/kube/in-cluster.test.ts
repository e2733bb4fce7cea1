import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inClusterAccess } from './in-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'rexnet-account-'));
afterAll(() => rmSync(folder, { recursive: true }));

const IN_A_POD = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' };

test('the service account of the pod is used, and its token read anew', async () => {
  writeFileSync(join(folder, 'namespace'), 'rexnet-system\n');
  writeFileSync(join(folder, 'ca.crt'), 'a certificate\n');
  writeFileSync(join(folder, 'token'), 'first\n');
  let now = 0;
  const access = await inClusterAccess({ environment: IN_A_POD, now: () => now, folder });
  expect(access?.server.href).toBe('https://10.0.0.1:6443/');
  expect(access?.namespace).toBe('rexnet-system');
  expect(await access?.credentials()).toEqual({
    headers: { Authorization: 'Bearer first' },
    tls: { ca: 'a certificate' },
  });
  writeFileSync(join(folder, 'token'), 'second\n');
  now = 10_000;
  expect((await access?.credentials())?.headers['Authorization']).toBe('Bearer second');
});

test('outside of a pod there is none', async () => {
  expect(await inClusterAccess({ environment: {}, now: () => 0, folder })).toBeUndefined();
});
