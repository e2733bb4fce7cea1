import { expect, test } from 'vitest';
import { nameTaken, standingOf } from './ownership.ts';
import type { KubeObject, OwnerReference } from './resources.ts';

function owned(kind: string, name: string, uid: string, controller = true): OwnerReference {
  return { apiVersion: 'rexnet.dev/v1alpha1', kind, name, uid, controller };
}

function service(...ownerReferences: readonly OwnerReference[]): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'demo-g0', namespace: 'lab', ownerReferences } };
}

const WISH = service(owned('ConsensusGroup', 'demo-g0', 'now'));

test('an object is whose controller has the uid, whatever it is called', () => {
  expect(standingOf(service(owned('ConsensusGroup', 'demo-g0', 'now')), WISH)).toBe('ours');
  expect(standingOf(service(owned('ConsensusGroup', 'demo-g0', 'before')), WISH)).toBe('earlier');
  expect(standingOf(service(owned('Deployment', 'demo-g0', 'other')), WISH)).toBe('foreign');
  expect(standingOf(service(owned('ConsensusGroup', 'demo-g0', 'now', false)), WISH)).toBe('foreign');
  expect(standingOf(service(), WISH)).toBe('foreign');
  expect(standingOf(service(owned('Deployment', 'web', 'other')), service())).toBe('ours');
});

test('the refusal says whose it is and what to do', () => {
  expect(nameTaken(service(owned('Deployment', 'web', 'other')), WISH).message).toBe(
    'Service demo-g0 is there already and belongs to Deployment web, so it is left alone: delete it, and ConsensusGroup demo-g0 makes its own, or take another name.',
  );
  expect(nameTaken(service(), WISH).message).toContain('belongs to nobody');
});
