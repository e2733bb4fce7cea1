// The order of choice, and the sentence of a skip.
import { expect, test } from 'vitest';
import { chooseCluster, isRequired } from './choose.ts';

const NOTHING = { kubeconfig: undefined, kindObstacle: 'kind is not on the PATH', isAsked: false };

test.each([
  ['a named cluster before all', { kubeconfig: '/k', kindObstacle: undefined, isAsked: true }, 'given'],
  ['kind where it works', { ...NOTHING, kindObstacle: undefined }, 'kind'],
  ['kind also where a cluster is required', { ...NOTHING, kindObstacle: undefined, isAsked: true }, 'kind'],
  ['one built here only when asked for', { ...NOTHING, isAsked: true }, 'built'],
  ['none otherwise', NOTHING, 'none'],
  ['an empty name is none', { ...NOTHING, kubeconfig: '' }, 'none'],
])('%s', (_, facts, kind) => {
  expect(chooseCluster(facts).kind).toBe(kind);
});

test('the reason begins with what REXNET_REQUIRE calls it, and names every way to a cluster', () => {
  const choice = chooseCluster(NOTHING);
  expect(choice).toEqual({
    kind: 'none',
    reason:
      'cluster: REXNET_KUBECONFIG is not set, kind is not on the PATH, and REXNET_REQUIRE does not ask for one to be built',
  });
});

test('a cluster is required when it is one of the words', () => {
  expect(['cluster', 'bitcoind,cluster', 'bitcoind', '', undefined].map(isRequired)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
