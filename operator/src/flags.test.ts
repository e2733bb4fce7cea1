import { CommanderError } from 'commander';
import { expect, test, vi } from 'vitest';
import { operatorCommand, readOperatorFlags } from './flags.ts';

function read(...args: readonly string[]) {
  return readOperatorFlags(operatorCommand({ out: () => {}, err: () => {} }), args);
}

test('what the chart says is understood', () => {
  const flags = read(
    ...['--leader-elect', '--metrics=0.0.0.0:8080', '--image=rexnet:1', '--image-pull-policy=Always'],
    ...['--bitcoind-image=bitcoind:1', '--log-level=info', '--namespace=team-a', '--namespace=team-b'],
    ...['--pod-monitors', '--pod-monitor-labels=release=monitoring,team=core', '--pod-monitor-interval=5s'],
    '--default-ttl=8h',
  );
  expect(flags).toMatchObject({
    leaderElect: true,
    metrics: { host: '0.0.0.0', port: 8080 },
    image: 'rexnet:1',
    imagePullPolicy: 'Always',
    bitcoindImage: 'bitcoind:1',
    namespace: ['team-a', 'team-b'],
    podMonitors: true,
    podMonitorLabels: { release: 'monitoring', team: 'core' },
    podMonitorInterval: '5s',
    defaultTtl: '8h',
  });
});

test.each([
  ['no image', []],
  ['no port', ['--image', 'a', '--metrics', 'here']],
  ['both scopes', ['--image', 'a', '--all-namespaces', '--namespace', 'b']],
  ['labels without values', ['--image', 'a', '--pod-monitor-labels', 'release']],
  ['days', ['--image', 'a', '--default-ttl', '2d']],
  ['an unknown flag', ['--image', 'a', '--nonsense']],
])('refused: %s', (_, args) => {
  expect(() => read(...args)).toThrow(CommanderError);
});

test.each([
  ['1', true],
  ['true', true],
  ['0', undefined],
  ['false', undefined],
  ['', undefined],
])('REXNET_LEADER_ELECT=%s', (text, isOn) => {
  vi.stubEnv('REXNET_LEADER_ELECT', text);
  try {
    expect(read('--image', 'a').leaderElect).toBe(isOn);
    expect(read('--image', 'a', '--leader-elect').leaderElect).toBe(true);
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a switch that is neither on nor off is refused', () => {
  vi.stubEnv('REXNET_LEADER_ELECT', 'maybe');
  try {
    expect(() => read('--image', 'a')).toThrow('REXNET_LEADER_ELECT=maybe: expected 1, true, 0 or false');
  } finally {
    vi.unstubAllEnvs();
  }
});
