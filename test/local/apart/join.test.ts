// A group joins a network that runs: real processes, the governance key of its folder, a restart of the new node, and every
// folder read again afterwards. Half a minute, so only with REXNET_FULL=1.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from '../../../rxctl/src/local/folders.ts';
import { IS_FULL } from '../counts.ts';
import { until } from '../until.ts';

const MAX_MS = 90_000;
const MORE_BLOCKS = 5;
const GROUPS = 2;

type Status = {
  readonly phase: string;
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  readonly observed: { readonly nodes: readonly { readonly name: string; readonly height?: number }[] };
};

let dir = '';
const run = promisify(execFile);
const rxctl = async (...words: readonly string[]): Promise<string> => {
  const args = [join(REPOSITORY, 'rxctl', 'src', 'main.ts'), ...words, '--dir', join(dir, 'net')];
  return (await run(process.execPath, args, { cwd: dir })).stdout;
};
/** Exit code 4 says that it is not Ready, and prints all the same. */
const status = async (): Promise<Status> =>
  JSON.parse(
    await rxctl('status', '-o', 'json').catch((error: unknown) => (error as { readonly stdout: string }).stdout),
  ) as Status;
const heightOf = ({ observed }: Status, name: string): number =>
  observed.nodes.find((node) => node.name === name)?.height ?? 0;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'rexnet-join-'));
});
afterAll(async () => {
  if (IS_FULL) await rxctl('down').catch(() => undefined);
  rmSync(dir, { recursive: true, force: true });
});

function write(groups: number): void {
  const spec = { groups, chain: { blockInterval: '500ms' }, bitcoin: { mode: 'None' } };
  const object = { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name: 'grows' }, spec };
  writeFileSync(join(dir, 'testnet.yaml'), JSON.stringify(object));
}

async function healthy(node: string, height: number): Promise<Status> {
  return until({
    what: `block ${height} of ${node}, and everybody well`,
    withinMs: MAX_MS,
    look: status,
    everyMs: 1_000,
    holds: (seen) => seen.phase === 'Healthy' && heightOf(seen, node) >= height,
  });
}

test('a group joins while the network runs, and again by the file', { timeout: 600_000 }, async (context) => {
  if (!IS_FULL) return context.skip('it takes half a minute: REXNET_FULL=1 runs it');
  write(GROUPS);
  await rxctl('up', '-f', 'testnet.yaml', '--check-state', '--detach');
  await rxctl('scale', '--groups', `${GROUPS + 1}`);
  const joined = await healthy('g2-n0', MORE_BLOCKS);
  const ready = joined.conditions.find(({ type }) => type === 'Ready');
  expect(ready?.message).toMatch(/group 2 has joined and owns no partitions, because partitions cannot move yet/);
  await rxctl('audit');
  await rxctl('down');

  write(GROUPS + 2);
  await rxctl('up', '-f', 'testnet.yaml', '--check-state', '--detach');
  await healthy('g3-n0', MORE_BLOCKS);
  await healthy('g2-n0', heightOf(joined, 'g2-n0') + MORE_BLOCKS);
  await rxctl('audit');
  await rxctl('down');
  for (const node of ['g0-n0', 'g1-n0', 'g2-n0', 'g3-n0']) {
    await run(process.execPath, [
      join(REPOSITORY, 'rxctl', 'src', 'main.ts'),
      'verify-chain',
      join(dir, 'net', 'grows', 'nodes', node),
    ]);
  }
});
