import { expect, test } from 'vitest';
import { KubeError } from '../kube/errors.ts';
import { NAME_TAKEN } from '../kube/ownership.ts';
import { refusalIn, troubleOfRefusal } from './refusals.ts';

test('only what the server has refused for good is a refusal', () => {
  const refused = new KubeError('FORBIDDEN', 'exceeded quota: small');
  expect(refusalIn(refused)).toBe(refused);
  const others = [new KubeError('SERVER', 'etcd'), new KubeError('ABORTED', 'ended'), new Error('a mistake of ours')];
  for (const error of others) expect(() => refusalIn(error)).toThrow(error);
});

test('it is told in the server’s sentence, and a name that is taken as such', () => {
  const said = [new KubeError('FORBIDDEN', 'no'), new KubeError('CONFLICT', 'held', { reason: NAME_TAKEN })];
  expect(said.map(troubleOfRefusal)).toEqual([
    { reason: 'ObjectRefused', message: 'no' },
    { reason: NAME_TAKEN, message: 'held' },
  ]);
});
