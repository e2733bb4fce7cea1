import { expect, test } from 'vitest';
import { parseLdd, placeOf } from './libraries.ts';

const NODE = `\tlinux-vdso.so.1 (0x00007f2d0f4a5000)
\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f2d0f48f000)
\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f2d0f200000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f2d0f4a7000)
`;
const FETCHED = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibevent-2.1.so.7 => /home/me/a folder/usr/lib/x86_64-linux-gnu/libevent-2.1.so.7 (0x0000abcd)
\t/lib64/ld-linux-x86-64.so.2 => /home/me/a folder/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 (0x00007f2d)
`;

test.each([
  [
    'a program of this machine',
    NODE,
    [
      { name: 'libdl.so.2', path: '/lib/x86_64-linux-gnu/libdl.so.2' },
      { name: 'libstdc++.so.6', path: '/lib/x86_64-linux-gnu/libstdc++.so.6' },
      { name: '/lib64/ld-linux-x86-64.so.2', path: '/lib64/ld-linux-x86-64.so.2' },
    ],
    [],
  ],
  [
    'a fetched program, asked through its own loader',
    FETCHED,
    [
      { name: 'libevent-2.1.so.7', path: '/home/me/a folder/usr/lib/x86_64-linux-gnu/libevent-2.1.so.7' },
      {
        name: '/lib64/ld-linux-x86-64.so.2',
        path: '/home/me/a folder/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      },
    ],
    [],
  ],
  ['a program that lacks one', '\tlibboost.so.1 => not found\n', [], ['libboost.so.1']],
  ['a static program', '\tstatically linked\n', [], []],
  ['a script', '\tnot a dynamic executable\n', [], []],
  ['nothing', '', [], []],
])('ldd of %s', (_, text, found, missing) => {
  expect(parseLdd(text)).toEqual({ found, missing });
});

test.each([
  ['as it lies', { name: 'libm.so.6', path: '/lib/x86_64-linux-gnu/libm.so.6' }, '', '/lib/x86_64-linux-gnu/libm.so.6'],
  ['without the root it came from', { name: 'libm.so.6', path: '/r/usr/lib/libm.so.6' }, '/r', '/usr/lib/libm.so.6'],
  ['the loader where programs name it', { name: '/lib64/ld.so', path: '/r/usr/lib/ld.so' }, '/r', '/lib64/ld.so'],
])('a library goes %s', (_, library, from, place) => {
  expect(placeOf(library, from)).toBe(place);
});
