import { expect, test } from 'vitest';
import { planBase, planBitcoind } from './roots.ts';

const LIBC = { name: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' };
const LOADER = { name: '/lib64/ld-linux-x86-64.so.2', path: '/lib64/ld-linux-x86-64.so.2' };
const RESOLVER = '/lib/x86_64-linux-gnu/libnss_dns.so.2';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

test.each([
  ['with them', [RESOLVER, CERTIFICATES], [RESOLVER, CERTIFICATES]],
  ['without certificates', [RESOLVER], [RESOLVER]],
  ['with neither', [], []],
])('the base has Node, its libraries once, name resolution and certificates, on a machine %s', (_, here, also) => {
  const { copies, texts, folders } = planBase({
    node: '/opt/node/bin/node',
    libraries: [LIBC, LOADER, LIBC],
    isThere: (path) => here.includes(path),
  });
  expect(copies.map(({ from, to }) => [from, to])).toEqual([
    ['/opt/node/bin/node', '/usr/local/bin/node'],
    [LIBC.path, LIBC.path],
    [LOADER.path, LOADER.path],
    ...also.map((path) => [path, path]),
  ]);
  expect(texts['/etc/passwd']).toContain('node:x:1000:1000:');
  expect(texts['/etc/nsswitch.conf']).toContain('hosts: files dns');
  expect(folders).toContain('/tmp');
});

test('a fetched bitcoind brings its own libraries to where its loader looks', () => {
  const root = '/home/me/.rexnet/.bitcoind';
  const { copies, folders } = planBitcoind({
    program: `${root}/usr/bin/bitcoind`,
    libraries: [
      { name: 'libc.so.6', path: `${root}/usr/lib/x86_64-linux-gnu/libc.so.6` },
      { name: LOADER.name, path: `${root}/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2` },
    ],
    from: root,
  });
  expect(copies.map(({ to }) => to)).toEqual([
    '/usr/bin/bitcoind',
    '/usr/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
  expect(folders).toContain('/data');
});

test('a bitcoind of this machine is copied with libraries as they lie', () => {
  const { copies } = planBitcoind({ program: '/usr/local/bin/bitcoind', libraries: [LIBC], from: '' });
  expect(copies).toEqual([
    { from: '/usr/local/bin/bitcoind', to: '/usr/bin/bitcoind' },
    { from: LIBC.path, to: LIBC.path },
  ]);
});
