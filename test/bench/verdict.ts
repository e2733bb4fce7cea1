// bench verdict: does the instrument refute? A generator made too slow and a machine with a hog beside it must make a run
// invalid, a miner that leaves one group of four out of every second beat must make it sublinear, each time with the right reason.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT } from '../../rxctl/src/exit.ts';
import { REPOSITORY } from '../../rxctl/src/local/folders.ts';

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  /** Processes that compute as hard as they can beside it, per core. */
  readonly hogsPerCore: number;
  readonly code: number;
  readonly verdict: string;
  readonly reason: RegExp;
}

const COMMON = ['bench', 'scale', '--repeat', '1', '--retries', '0', '--seconds', '12', '-o', 'json'] as const;
const CASES: readonly Case[] = [
  {
    name: 'slow generator',
    args: ['--groups', '1', '--test-slowdown-ms', '10'],
    hogsPerCore: 0,
    code: EXIT.measurementInvalid,
    verdict: 'Invalid',
    reason: /the generator (used|sent)/,
  },
  {
    name: 'hog beside it',
    args: ['--groups', '1'],
    hogsPerCore: 1,
    code: EXIT.measurementInvalid,
    verdict: 'Invalid',
    reason: /other processes used/,
  },
  {
    name: 'unfair miner',
    args: ['--groups', '1,4', '--test-skip-beats', '3:2'],
    hogsPerCore: 0,
    code: EXIT.verdictNotMet,
    verdict: 'Sublinear',
    reason: /efficiency .* at 4 groups .*group 3 completed .* with a block every/,
  },
];
const TIMES = 5;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function rxctl(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'rxctl', 'src', 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

function startHogs(count: number): readonly ChildProcess[] {
  return Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
}

/** What was wrong, or undefined. */
async function tryOnce({ args, hogsPerCore, code, verdict, reason }: Case): Promise<string | undefined> {
  const hogs = startHogs(hogsPerCore * availableParallelism());
  try {
    const ended = await rxctl([...COMMON, ...args]);
    if (ended.stdout === '') return `no answer: ${ended.stderr}`;
    const said = JSON.parse(ended.stdout) as { readonly verdict?: string; readonly reason?: string };
    const isRight = ended.code === code && said.verdict === verdict && reason.test(said.reason ?? '');
    return isRight ? undefined : `${said.verdict} (exit code ${ended.code}): ${said.reason}`;
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL');
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      times: { type: 'string', default: String(TIMES) },
      only: { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
  });
  const times = Number(values.times);
  const rows: unknown[] = [];
  for (const each of CASES.filter(({ name }) => values.only === undefined || name.includes(values.only))) {
    let right = 0;
    for (let time = 1; time <= times; time++) {
      const wrong = await tryOnce(each);
      if (wrong === undefined) right++;
      process.stderr.write(
        `verdict, ${each.name}, ${time} of ${times}: ${wrong === undefined ? 'right' : `wrong: ${wrong}`}\n`,
      );
    }
    rows.push({
      name: `verdict.${each.name.replaceAll(' ', '-')}`,
      value: right,
      unit: `right of ${times}`,
      floor: times,
      goal: times,
    });
    if (right < times) process.exitCode = EXIT.verdictNotMet;
  }
  console.log(JSON.stringify({ rows }));
}

await main();
