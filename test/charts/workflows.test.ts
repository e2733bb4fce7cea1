// The workflows are read as GitHub reads them; nothing here runs one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';

const ROOT = resolve(import.meta.dirname, '..', '..');
const GITHUB = join(ROOT, '.github');
const TARGETS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

type Step = {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
};
type Rights = Readonly<Record<string, string>>;
type Job = { readonly permissions?: Rights; readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] };
type Workflow = {
  readonly on: object;
  readonly permissions?: Rights;
  readonly concurrency?: { readonly 'cancel-in-progress'?: unknown };
  readonly jobs: Readonly<Record<string, Job>>;
};
type Action = {
  readonly inputs: Readonly<Record<string, { readonly description?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description?: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};

function read<T>(file: string): T {
  const document = parseDocument(readFileSync(file, 'utf8'), { strict: true, uniqueKeys: true });
  if (document.errors.length + document.warnings.length > 0)
    throw new Error(`${file}: ${[...document.errors, ...document.warnings].join('\n')}`);
  return document.toJS();
}

const workflows = readdirSync(join(GITHUB, 'workflows')).map(
  (name) => [name, read<Workflow>(join(GITHUB, 'workflows', name))] as const,
);

const PINNED = /^[-\w]+\/[-\w]+@[0-9a-f]{40}$/;
const PIN_IS_NAMED = /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
/** In a step of this no code of the branch runs. */
const GH = /^gh (run download|pr comment) /;

test.each(workflows)('%s states its time and where it ends early', (_, { on, concurrency, jobs }) => {
  for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  // `pull_request_target` would give the branch of a stranger our rights.
  expect(Object.keys(on)).not.toContain('pull_request_target');
  expect(concurrency?.['cancel-in-progress']).toMatch(/^\$\{\{ github\.event_name == 'pull_request' \}\}$/);
});

test.each(workflows)('%s uses actions by commit, which names its version', (name, { jobs }) => {
  const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  expect(used.length).toBeGreaterThan(0);
  for (const uses of used) expect(uses).toMatch(PINNED);
  const lines = readFileSync(join(GITHUB, 'workflows', name), 'utf8').split('\n');
  for (const line of lines.filter((each) => each.includes('uses:'))) expect(line).toMatch(PIN_IS_NAMED);
});

test.each(workflows)('%s gives code of a branch nothing to write with', (_, { permissions, jobs }) => {
  expect(permissions).toEqual({ contents: 'read' });
  for (const { permissions: own = {}, steps } of Object.values(jobs)) {
    for (const { uses, with: given } of steps)
      if (uses?.startsWith('actions/checkout@')) expect(given).toMatchObject({ 'persist-credentials': false });
    if (!Object.values(own).includes('write')) continue;
    expect(steps.every(({ uses, run = '' }) => uses === undefined && GH.test(run))).toBe(true);
  }
});

test.each(workflows)('%s runs npm targets that exist, and posts', (_, { jobs }) => {
  for (const { run } of Object.values(jobs).flatMap(({ steps }) => steps)) {
    if (run === undefined || GH.test(run)) continue;
    const target =
      /^npm (?:run )?(?:--silent )?([-a-z]+)(?: -- [-\w. ]+)?(?: \| sed 's\/\^export \/\/' >> "\$GITHUB_ENV")?$/.exec(
        run,
      )?.[1];
    if (target !== 'ci') expect(Object.keys(TARGETS), run).toContain(target);
  }
});

test('nothing from outside is written into a script', () => {
  const steps = workflows.flatMap(([, { jobs }]) => Object.values(jobs).flatMap((job) => job.steps));
  const { runs } = read<Action>(join(GITHUB, 'actions', 'testnet', 'action.yml'));
  for (const { run = '' } of [...steps, ...runs.steps]) expect(run).not.toContain('${{');
});

test('the action for other workflows says what it takes and runs a script that exists', () => {
  const { inputs, outputs, runs } = read<Action>(join(GITHUB, 'actions', 'testnet', 'action.yml'));
  for (const { description } of [...Object.values(inputs), ...Object.values(outputs)])
    expect(description).toMatch(/\.$/);
  expect(runs.using).toBe('composite');
  const [step] = runs.steps;
  expect(step?.shell).toBe('bash');
  const asked = Object.values(step?.env ?? {}).flatMap((value) => /inputs\.([-a-z]+)/.exec(value)?.[1] ?? []);
  expect(asked.sort()).toEqual(Object.keys(inputs).sort());
  // Every input is named in the script, and every output by who writes it.
  for (const variable of Object.keys(step?.env ?? {})) expect(step?.run).toMatch(new RegExp(`\\$\\{?${variable}\\b`));
  const script = /GITHUB_ACTION_PATH\/(\S+\.mjs)"/.exec(step?.run ?? '')?.[1];
  expect(existsSync(join(GITHUB, 'actions', 'testnet', script ?? ''))).toBe(true);
  const text = readFileSync(join(GITHUB, 'actions', 'testnet', script ?? ''), 'utf8');
  for (const [name, { value }] of Object.entries(outputs)) {
    expect(value).toBe(`\${{ steps.${step?.id}.outputs.${name} }}`);
    expect(text).toContain(`\`${name}=$`);
  }
});

test('the workflow that others may copy names inputs and outputs there are', () => {
  const folder = join(GITHUB, 'actions', 'testnet');
  const { inputs, outputs } = read<Action>(join(folder, 'action.yml'));
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  const example = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '';
  const { jobs } = parseDocument(example).toJS() as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const ours = steps.find(({ uses }) => uses?.startsWith('rexnet/rexnet/.github/actions/testnet@'));
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(ours?.with ?? { none: '' })));
  const asked = [...example.matchAll(/outputs\.([-a-z]+)/g)].map(([, name]) => name);
  expect(Object.keys(outputs)).toEqual(expect.arrayContaining(asked));
});

test('somebody moves the pins', () => {
  const { updates } = read<{ readonly updates: readonly { readonly 'package-ecosystem': string }[] }>(
    join(GITHUB, 'dependabot.yml'),
  );
  expect(updates.map((update) => update['package-ecosystem'])).toEqual(['github-actions']);
});
