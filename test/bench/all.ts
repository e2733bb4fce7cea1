// bench all: every bench in turn, each a process of its own, and one table of their figures. It measures nothing itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EXIT } from '../../rxctl/src/exit.ts';
import type { Row } from './shared/figures.ts';
import { isMet, type Outcome, tableOf } from './shared/table.ts';

/** Flags with which a bench says the same in less time. */
const BRIEF: Readonly<Record<string, readonly string[]>> = { verdict: ['--times', '1'] };
const OWN = basename(import.meta.filename);

async function run(bench: string): Promise<Outcome> {
  process.stderr.write(`bench ${bench}\n`);
  const path = join(import.meta.dirname, `${bench}.ts`);
  const child = spawn(process.execPath, [path, '-o', 'json', ...(BRIEF[bench] ?? [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code, signal]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  const last = said.trim().split('\n').at(-1) ?? '';
  try {
    const { rows, skipped = [] } = JSON.parse(last) as { rows: Row[]; skipped?: Outcome['skipped'] };
    return { bench, rows, skipped };
  } catch {
    return { bench, rows: [], skipped: [], failed: `it ended with ${signal ?? `code ${code}`} and without figures` };
  }
}

const benches = readdirSync(import.meta.dirname)
  .filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== OWN)
  .map((file) => basename(file, '.ts'));
const outcomes: Outcome[] = [];
for (const bench of benches) outcomes.push(await run(bench));
const rows = outcomes.flatMap((outcome) => outcome.rows);
const isJson = process.argv.includes('json');
console.log(isJson ? JSON.stringify({ rows, skipped: outcomes.flatMap((o) => o.skipped) }) : tableOf(outcomes));
if (outcomes.some(({ failed }) => failed !== undefined)) process.exitCode = EXIT.error;
else if (!rows.every(isMet)) process.exitCode = EXIT.verdictNotMet;
