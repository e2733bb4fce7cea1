import { defineConfig } from 'vitest/config';

const NOWHERE = ['**/node_modules/**', '.rexnet/**'];
const LOCAL = 'test/local/*.test.ts';
/** Real processes race real clocks here; a neighbour that takes the machine for a minute must not fail a run. Rooms never retry. */
const BUSY_MACHINE_RETRIES = 1;
const APART = 'test/local/apart/*.test.ts';
const CLUSTER = 'test/cluster/live/*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['**/*.test.ts'],
          exclude: [...NOWHERE, LOCAL, APART, CLUSTER],
          sequence: { groupOrder: 0 },
        },
      },
      // Small networks that mostly wait for their next block: side by side.
      {
        extends: true,
        test: {
          name: 'apart',
          include: [APART],
          exclude: NOWHERE,
          maxWorkers: 4,
          retry: BUSY_MACHINE_RETRIES,
          sequence: { groupOrder: 1 },
        },
      },
      // Time and memory of one large network are measured: one after the other, when nothing else runs.
      {
        extends: true,
        test: {
          name: 'local',
          include: [LOCAL],
          exclude: NOWHERE,
          globalSetup: 'test/local/setup.ts',
          fileParallelism: false,
          retry: BUSY_MACHINE_RETRIES,
          sequence: { groupOrder: 2 },
        },
      },
      // A real Kubernetes, where there is one: docs/testing-cluster.md.
      {
        extends: true,
        test: {
          name: 'cluster',
          include: [CLUSTER],
          exclude: NOWHERE,
          globalSetup: 'test/cluster/setup.ts',
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
