import { expect, test } from 'vitest';
import { imageMisfits } from './overrides.ts';
import type { PodSeen } from './pod-seen.ts';
import { inputOf } from './testing/inputs.ts';

const NEXT = 'ghcr.io/acme/rexnet:next';
const INPUT = inputOf({
  groups: 2,
  nodesPerGroup: 2,
  image: 'ghcr.io/acme/rexnet:1',
  nodeOverrides: [
    { group: 1, ordinal: 1, image: NEXT },
    { group: 0, ordinal: 0 },
  ],
});

function pod(name: string, image?: string): PodSeen {
  const state = { isRunning: true, isReady: true, isTerminating: false, restarts: 0 };
  return { name, component: 'node', ordinal: 0, ...state, ...(image === undefined ? {} : { image }) };
}

test.each<[string, PodSeen, string | undefined]>([
  ['runs what all run', pod('demo-g0-1', 'ghcr.io/acme/rexnet:1'), undefined],
  ['is to run another image', pod('demo-g1-1', 'ghcr.io/acme/rexnet:1'), NEXT],
  ['runs the other image already', pod('demo-g1-1', NEXT), undefined],
  ['is overridden no more', pod('demo-g1-0', NEXT), 'ghcr.io/acme/rexnet:1'],
  ['has an override that names no image', pod('demo-g0-0', NEXT), 'ghcr.io/acme/rexnet:1'],
  ['shows no image yet', pod('demo-g1-1'), undefined],
])('a pod that %s', (_, seen, image) => {
  expect(imageMisfits(INPUT, [seen])).toEqual(image === undefined ? [] : [{ pod: seen, image }]);
});
