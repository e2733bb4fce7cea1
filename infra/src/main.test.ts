import { expect, test } from 'vitest';
import { runProgram } from './testing/engine.ts';

test('Pulumi runs the program as it is, and gets all of it', { timeout: 120_000 }, async () => {
  const { code, registered, outputs, said } = await runProgram('dev', { machines: '2', loadImages: '["rexnet:dev"]' });
  expect({ code, said }).toEqual({ code: 0, said: '' });
  expect(registered.map(({ name }) => name).sort()).toEqual([
    'cluster',
    'image-0',
    'kind',
    'monitoring',
    'monitoring-release',
    'operator',
    'rexnet',
    'testnet',
    'testnets',
  ]);
  expect(outputs).toMatchObject({
    testnet: 'rexnet-testnets/demo',
    look: 'kubectl --namespace rexnet-testnets get testnet demo --output wide',
    grafana: expect.stringContaining('port-forward'),
  });
});

test('of a wrong setting a person reads one sentence', { timeout: 120_000 }, async () => {
  const { code, registered, said } = await runProgram('dev', { machinesPerGroup: 'true' });
  expect(code).not.toBe(0);
  expect(registered).toEqual([]);
  expect(said).toMatch(/^rexnet:machinesPerGroup is no setting; there are [\w, ]+\n$/);
});
