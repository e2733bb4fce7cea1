// Once per run of these tests: one temporary folder for all networks, and the end of what still runs in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { endLeftGenerator } from './generator.ts';
import { sharedTestnet } from './testnet.ts';

let folder = '';

export function setup(project: TestProject): void {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-local-'));
  project.provide('localFolder', folder);
}

export async function teardown(): Promise<void> {
  const testnet = sharedTestnet(folder);
  await endLeftGenerator(testnet.folders);
  await testnet.down();
  if (process.env['REXNET_KEEP'] !== undefined) return;
  rmSync(folder, { recursive: true, force: true });
}
