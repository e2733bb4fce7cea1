import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './setup.mjs';

/** Answers as a cluster in which all goes well, and keeps what it was asked for. */
const KUBECTL = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
appendFileSync(process.env.CALLS, JSON.stringify(args) + '\\n');
const [verb, kind] = args.filter((word, i) => word !== '-n' && args[i - 1] !== '-n');
const verdict = process.env.VERDICT;
const testnet = { metadata: { name: 'demo' }, status: { firstBlockAfter: '9s' } };
const spec = { workload: 'Token', profile: 'Capped', repeats: 3, duration: '60s' };
const loadtest = { metadata: { name: 'curve' }, spec, status: { verdict, reason: 'Why.', points: [] } };
if (process.env.FAILS === verb) {
  process.stderr.write('timed out waiting\\n');
  process.exit(1);
}
if (verb === 'apply' && !args.includes('--server-side'))
  process.stdout.write(args.some((word) => word.endsWith('loadtest.yaml')) ? 'loadtest.rexnet.dev/curve\\n' : 'testnet.rexnet.dev/demo\\n');
if (verb === 'get' && kind === 'configmap')
  process.stdout.write(JSON.stringify({ data: { 'report.svg': '<svg/>', 'testnet.json': '{}', '../outside': 'no' } }));
else if (verb === 'get') process.stdout.write(JSON.stringify(kind.startsWith('testnet') ? testnet : loadtest));
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rexnet-loadtest-'));
  writeFileSync(join(folder, 'kubectl'), KUBECTL);
  chmodSync(join(folder, 'kubectl'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Ran = { readonly code: number | null; readonly said: string; readonly calls: readonly string[] };

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const calls = join(folder, 'calls');
  const child = spawn(
    process.execPath,
    [join(ROOT, 'scripts', 'loadtest.mjs'), '--out', join(folder, 'out'), ...args],
    {
      env: { PATH: `${folder}:${process.env['PATH']}`, CALLS: calls, VERDICT: 'Linear', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = readFileSync(calls, { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1);
  return { code, said, calls: lines.map((line) => (JSON.parse(line) as string[]).join(' ')) };
}

test('it installs, applies, waits, measures, keeps what it found and takes away what it made', async () => {
  const github = { GITHUB_OUTPUT: join(folder, 'outputs'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
  const { code, said, calls } = await run([], github);
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('### Linear: LoadTest curve') });
  const verbs = calls.map((call) => call.replaceAll(/-n \S+ |\S+\/(?=\w+\.yaml)/g, ''));
  expect(verbs).toEqual([
    'apply --server-side --force-conflicts -f -',
    'rollout status deployment/rexnet-operator --timeout=300s',
    'apply -f testnet.yaml -o name',
    'wait testnet.rexnet.dev/demo --for=condition=FirstBlock --timeout=300s',
    'get testnet.rexnet.dev/demo -o json',
    'patch testnet.rexnet.dev/demo --type=merge -p {"spec":{"suspend":true}}',
    'apply -f loadtest.yaml -o name',
    'wait loadtest.rexnet.dev/curve --for=jsonpath={.status.verdict} --timeout=60m',
    'get loadtest.rexnet.dev/curve -o json',
    'get configmap curve-loadtest --ignore-not-found -o json',
    'delete loadtest.rexnet.dev/curve testnet.rexnet.dev/demo --ignore-not-found --timeout=300s',
  ]);
  // Names of files come from a cluster: none leads out of the folder.
  const objects = ['loadtest-object.json', 'testnet-object.json'];
  const kept = [...objects, 'outside', 'report.svg', 'summary.md', 'testnet.json'].sort();
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(kept);
  expect(readFileSync(join(folder, 'out', 'testnet-object.json'), 'utf8')).toContain('firstBlockAfter');
  expect(readFileSync(github.GITHUB_OUTPUT, 'utf8')).toBe('first-block-after=9s\nverdict=Linear\n');
  expect(readFileSync(github.GITHUB_STEP_SUMMARY, 'utf8')).toContain('### Linear');
});

test('a verdict that is not Linear fails the step, and --keep leaves everything running', async () => {
  const { code, calls } = await run(['--keep', '--namespace', 'lab'], { VERDICT: 'Sublinear' });
  expect(code).toBe(5);
  expect(calls.some((call) => call.includes('delete'))).toBe(false);
  expect(calls.at(-1)).toContain('{"spec":{"suspend":false}}');
  expect(calls.filter((call) => call.startsWith('-n lab ')).length).toBeGreaterThan(3);
});

test('what does not come up is described, and taken away', async () => {
  const { code, said, calls } = await run(['--loadtest', 'none'], { FAILS: 'wait' });
  expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('timed out waiting') });
  expect(calls.flatMap((call) => call.split(' ').filter((word) => /^(describe|logs|delete)$/.test(word)))).toEqual([
    'describe',
    'logs',
    'delete',
  ]);
});

test('an option it does not know is refused with all it knows', async () => {
  const { code, said, calls } = await run(['--groups', '3']);
  expect({ code, said }).toMatchObject({ code: 2, said: expect.stringContaining('--load-timeout DURATION') });
  expect(calls).toEqual([]);
});
