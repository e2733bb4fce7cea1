// Credentials as kubeconfigs give them, without any server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AccessError, loadAccess } from './access.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rexnet-access-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function kubeconfig(server: string, user: unknown): string {
  const path = join(dir, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    clusters: [
      { name: 'c', cluster: { server, 'certificate-authority-data': Buffer.from('the CA').toString('base64') } },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', namespace: 'nets' } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

test('a client certificate and the CA go into the TLS options', async () => {
  const data = (text: string) => Buffer.from(text).toString('base64');
  const path = kubeconfig('https://10.0.0.1:6443/prefix', {
    'client-certificate-data': data('cert'),
    'client-key-data': data('key'),
  });
  const access = await loadAccess({ kubeconfig: path }, () => 0);
  expect([access.server.href, access.namespace]).toEqual(['https://10.0.0.1:6443/prefix', 'nets']);
  const { tls, agent } = await access.credentials();
  expect([tls.ca, tls.cert, tls.key].map(String)).toEqual(['the CA', 'cert', 'key']);
  expect(agent).toBeUndefined();
});

test('a token from a file loses its newline', async () => {
  const tokenFile = join(dir, 'token');
  writeFileSync(tokenFile, 'secret\n');
  const path = kubeconfig('https://10.0.0.1', { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } });
  const { headers } = await (await loadAccess({ kubeconfig: path }, () => 0)).credentials();
  expect(headers).toEqual({ Authorization: 'Bearer secret' });
});

test('files are read again after a while', async () => {
  const clientKey = join(dir, 'key');
  writeFileSync(clientKey, 'old');
  let now = 0;
  const access = await loadAccess(
    { kubeconfig: kubeconfig('https://10.0.0.1', { 'client-key': clientKey }) },
    () => now,
  );
  expect(String((await access.credentials()).tls.key)).toBe('old');
  writeFileSync(clientKey, 'new');
  expect(String((await access.credentials()).tls.key)).toBe('old');
  now = 10_000;
  expect(String((await access.credentials()).tls.key)).toBe('new');
});

test('no credential goes over plain HTTP', async () => {
  const access = await loadAccess({ kubeconfig: kubeconfig('http://127.0.0.1:8001', { token: 'secret' }) }, () => 0);
  expect(await access.credentials()).toEqual({ headers: {}, tls: {} });
});

test('a context that is not there is refused by name', async () => {
  const path = kubeconfig('https://10.0.0.1', {});
  await expect(loadAccess({ kubeconfig: path, context: 'there' }, () => 0)).rejects.toThrow(AccessError);
});

test('of several files the first word counts, and one that is not there is left out', async () => {
  const files = ['a', 'b'].map((name) => join(dir, name));
  files.forEach((file, index) => {
    const cluster = (name: string) => ({ name, cluster: { server: `https://${name}.file-${index}:6443` } });
    const context = (name: string) => ({ name, context: { cluster: name, user: 'me' } });
    const own = `own-${index}`;
    writeFileSync(
      file,
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', users: [{ name: 'me', user: { token: own } }] },
        ...(index === 0 ? {} : { 'current-context': 'both' }),
        ...{ clusters: [cluster('both'), cluster(own)], contexts: [context('both'), context(own)] },
      }),
    );
  });
  vi.stubEnv('KUBECONFIG', [join(dir, 'gone'), ...files].join(':'));
  try {
    expect((await loadAccess({}, () => 0)).server.href).toBe('https://both.file-0:6443/');
    const own = await loadAccess({ context: 'own-1' }, () => 0);
    expect(own.server.href).toBe('https://own-1.file-1:6443/');
    expect((await own.credentials()).headers).toEqual({ Authorization: 'Bearer own-0' });
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a login program that is not there is told as such', async () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-login', interactiveMode: 'Never' };
  const access = await loadAccess({ kubeconfig: kubeconfig('https://10.0.0.1', { exec }) }, () => 0);
  await expect(access.credentials()).rejects.toThrow(/^the kubeconfig gives no credentials: .*no-such-login/);
});

test('where there is no kubeconfig at all that is said', async () => {
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', dir);
  try {
    await expect(loadAccess({}, () => 0)).rejects.toThrow('there is no kubeconfig');
  } finally {
    vi.unstubAllEnvs();
  }
});
