import { expect, test } from 'vitest';
import {
  addressFlag,
  COMMANDS,
  type Command,
  helpText,
  integerFlag,
  isCommand,
  readFlags,
  shareFlag,
  textFlag,
  UsageError,
  variableOf,
} from './flags.ts';

const RUN = ['--genesis', 'g', '--data', 'd', '--group', '1', '--peers', 'p'];
const MINE = ['--genesis', 'g', '--peers', 'p'];
type Environment = Record<string, string>;

test.each<[Command, string[], Environment, Record<string, unknown>]>([
  ['run', RUN, {}, { group: '1', grpc: '127.0.0.1:7070', faucet: undefined, 'log-level': 'info', miner: undefined }],
  ['run', [...RUN, '--faucet', '--grpc', '0.0.0.0:1'], {}, { faucet: true, grpc: '0.0.0.0:1' }],
  [
    'run',
    [],
    { REXNET_GENESIS: 'a', REXNET_DATA: 'b', REXNET_GROUP: '2', REXNET_PEERS: 'c' },
    { genesis: 'a', group: '2' },
  ],
  [
    'run',
    RUN,
    { REXNET_GROUP: '9', REXNET_FAUCET: '1', REXNET_PEER_GRPC: ':::1' },
    { group: '1', faucet: true, 'peer-grpc': ':::1' },
  ],
  ['run', [...RUN, '--faucet-on', 'demo-g0-0'], {}, { faucet: undefined, 'faucet-on': 'demo-g0-0' }],
  ['run', RUN, { REXNET_FAUCET: 'false', REXNET_LOG_LEVEL: '' }, { faucet: undefined, 'log-level': 'info' }],
  ['mine', MINE, { REXNET_BITCOIND: '/usr/bin/bitcoind' }, { bitcoind: undefined }],
  ['mine', MINE, { REXNET_BITCOIND: 'http://b:1' }, { bitcoind: 'http://b:1' }],
  ['mine', [...MINE, '--toy-parent'], { REXNET_BITCOIND: 'http://b:1' }, { bitcoind: undefined, 'toy-parent': true }],
  ['mine', [...MINE, '--bitcoind', 'http://b:1'], {}, { bitcoind: 'http://b:1', cpu: '10%' }],
])('%s %j %j', (command, args, environment, expected) => {
  expect(readFlags(command, args, environment)).toMatchObject(expected);
});

test.each<[Command, string[], Environment, RegExp]>([
  ['run', RUN.slice(2), {}, /^--genesis is missing: genesis file$/],
  ['run', ['--genesis', '', ...RUN.slice(2)], {}, /^--genesis is missing/],
  ['run', [...RUN, '--nope'], {}, /^Unknown option '--nope'; rxd run --help lists the flags$/],
  ['run', [...RUN, 'stray'], {}, /^Unexpected argument 'stray'/],
  ['run', [...RUN, '--grpc'], {}, /grpc/],
  ['run', [...RUN, '--log-level', 'loud'], {}, /^--log-level loud: expected one of error, warn, info, debug, silent$/],
  ['run', RUN, { REXNET_FAUCET: 'yes' }, /^REXNET_FAUCET=yes: expected 1, true, 0 or false$/],
  [
    'mine',
    [...MINE, '--toy-parent', '--bitcoind', 'http://b:1'],
    {},
    /^--toy-parent and --bitcoind exclude each other$/,
  ],
  ['init', [], {}, /^--spec is missing/],
])('%s %j %j is refused', (command, args, environment, message) => {
  expect(() => readFlags(command, args, environment)).toThrow(UsageError);
  expect(() => readFlags(command, args, environment)).toThrow(message);
});

test.each<[string, { host: string; port: number } | undefined]>([
  ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['::1:80', undefined],
  ['a:65536', undefined],
  ['a:', undefined],
  [':80', undefined],
  ['a', undefined],
  ['a: 1', undefined],
])('address %s', (text, expected) => {
  const read = () => addressFlag({ at: text }, 'at');
  if (expected === undefined) expect(read).toThrow(/expected HOST:PORT/);
  else expect(read()).toEqual(expected);
});

test.each<[string, number | undefined]>([
  ['10%', 0.1],
  ['0.1', 0.1],
  ['.5', 0.5],
  ['100%', 1],
  ['1', 1],
  ['2.5%', 0.025],
  ['0', undefined],
  ['0%', undefined],
  ['101%', undefined],
  ['10', undefined],
  ['-1', undefined],
  ['ten', undefined],
  ['1e-1', undefined],
  ['', undefined],
])('share %s', (text, expected) => {
  const read = () => shareFlag({ cpu: text }, 'cpu');
  if (expected === undefined) expect(read).toThrow(/expected a share/);
  else expect(read()).toBeCloseTo(expected, 12);
});

test.each<[string, number | undefined]>([
  ['0', 0],
  ['7', 7],
  ['8', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['0x1', undefined],
  ['', undefined],
])('integer %s up to 7', (text, expected) => {
  const read = () => integerFlag({ group: text }, 'group', 7);
  if (expected === undefined) expect(read).toThrow(/expected an integer from 0 to 7/);
  else expect(read()).toBe(expected);
});

test('help names every command, flag and default, and an example of each', () => {
  const all = helpText();
  for (const [command, { flags, example }] of Object.entries(COMMANDS)) {
    expect(isCommand(command)).toBe(true);
    expect(all).toContain(example);
    for (const name of Object.keys(flags)) expect(all).toContain(`--${name}`);
  }
  expect(helpText('init')).not.toContain('rxd run');
  expect(isCommand('toString')).toBe(false);
  expect(variableOf('peer-grpc')).toBe('REXNET_PEER_GRPC');
  expect(() => textFlag({}, 'data')).toThrow('--data is missing');
});
