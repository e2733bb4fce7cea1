// The workflows are read as GitHub reads them; nothing here runs one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';

const ROOT = resolve(import.meta.dirname, '..', '..');
const GITHUB = join(ROOT, '.github');
const TARGETS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
};
type Job = { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] };
type Workflow = { readonly permissions?: object; readonly jobs: Readonly<Record<string, Job>> };
type Action = {
  readonly inputs: Readonly<Record<string, { readonly description?: string }>>;
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

test.each(workflows)('%s states its rights and its time, and pins what it uses', (_, { permissions, jobs }) => {
  expect(permissions).toBeDefined();
  for (const job of Object.values(jobs)) {
    expect(job['timeout-minutes']).toBeGreaterThan(0);
    for (const { uses } of job.steps)
      if (uses !== undefined) expect(uses).toMatch(/^[-\w]+\/[-\w]+@(v\d+|[0-9a-f]{40})$/);
  }
});

test.each(workflows)('%s runs npm targets that exist, and posts', (_, { jobs }) => {
  for (const { run } of Object.values(jobs).flatMap(({ steps }) => steps)) {
    if (run === undefined || run.startsWith('gh pr comment ')) continue;
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
  const { inputs, runs } = read<Action>(join(GITHUB, 'actions', 'testnet', 'action.yml'));
  for (const { description } of Object.values(inputs)) expect(description).toMatch(/\.$/);
  expect(runs.using).toBe('composite');
  const [step] = runs.steps;
  expect(step?.shell).toBe('bash');
  const asked = Object.values(step?.env ?? {}).flatMap((value) => /inputs\.([-a-z]+)/.exec(value)?.[1] ?? []);
  expect(asked.sort()).toEqual(Object.keys(inputs).sort());
  const script = /GITHUB_ACTION_PATH\/(\S+\.mjs)"/.exec(step?.run ?? '')?.[1];
  expect(existsSync(join(GITHUB, 'actions', 'testnet', script ?? ''))).toBe(true);
});
