import { defineConfig } from 'vitest/config';

const NOWHERE = ['**/node_modules/**', '.rexnet/**'];
const LOCAL = 'test/local/**/*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'rooms', include: ['**/*.test.ts'], exclude: [...NOWHERE, LOCAL], sequence: { groupOrder: 0 } },
      },
      // Whole networks measure time and memory: one after the other, when nothing else runs.
      {
        extends: true,
        test: {
          name: 'local',
          include: [LOCAL],
          exclude: NOWHERE,
          globalSetup: 'test/local/setup.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
