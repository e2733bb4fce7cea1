import { expect, test } from 'vitest';
import { RemoteError } from './engine/bridge.ts';
import { EXIT, InputError, wordFailure } from './exit.ts';
import { UsageError } from './flags.ts';
import { PeerFileError } from './net/peer-file.ts';
import { StoreError } from './store/errors.ts';

const system = (code: string, facts: object) => Object.assign(new Error(`${code}: raw words`), { code, ...facts });

test.each<[string, Error, number, RegExp]>([
  ['usage', new UsageError('--group is missing'), EXIT.usage, /^--group is missing$/],
  ['a file', new InputError('t.yaml: no', 'yes'), EXIT.usage, /^t\.yaml: no\n {2}cure: yes$/],
  ['the peers file', new PeerFileError('not JSON'), EXIT.usage, /^not JSON\n {2}cure: write \{"groups"/],
  ['another process', new StoreError('LOCKED', 'locked by 7', 'end it'), EXIT.error, /^locked by 7; end it$/],
  ['damage', new StoreError('DAMAGED', 'torn', 'move it away'), EXIT.usage, /^torn; move it away$/],
  [
    'a refusal from the engine’s thread',
    new RemoteError('FOREIGN', 'of group 3; choose'),
    EXIT.usage,
    /^of group 3; choose$/,
  ],
  [
    'no file',
    system('ENOENT', { path: '/x/genesis.bin' }),
    EXIT.usage,
    /^\/x\/genesis\.bin: no such file or folder\n {2}cure: check/,
  ],
  [
    'a taken port',
    system('EADDRINUSE', { address: '127.0.0.1', port: 7070 }),
    EXIT.error,
    /^127\.0\.0\.1:7070: another process listens there/,
  ],
  ['a full disk', system('ENOSPC', {}), EXIT.error, /the disk is full/],
])('%s is worded with its cure', (_, error, exit, text) => {
  expect(wordFailure(error)).toEqual({ exit, text: expect.stringMatching(text) });
});

test.each<[string, unknown]>([
  ['a plain error', new Error('x')],
  ['an unknown code', new RemoteError('INTERNAL', 'x')],
  ['a code of every object', Object.assign(new Error('x'), { code: 'toString' })],
  ['no error at all', 'x'],
  ['nothing', undefined],
])('%s is a mistake of ours', (_, error) => {
  expect(wordFailure(error)).toBeUndefined();
});
