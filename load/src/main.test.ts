import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url));

test('a spec that is wrong ends the program with one sentence and exit code 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    const file = join(folder, 'load.json');
    writeFileSync(file, JSON.stringify({ genesis: 'g', peers: 'p', report: 'r', workload: 'Ballot', tps: 1 }));
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, '--spec', file], { encoding: 'utf8' });
    expect(stderr).toMatch(/^load: workload must be one of Token, Transfer, .*\n$/);
    expect(status).toBe(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
