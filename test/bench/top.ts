// bench top: what `rxctl top` costs while it shows 64 groups in a real terminal, from a recording so that nothing but the view
// runs: processor, memory, and the time from a key to the first byte of the answer.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Recorder } from '../../rxctl/src/sources/recording.ts';
import { syntheticSnapshot } from '../../rxctl/src/testing/snapshots.ts';
import { hasTmux, TmuxPane } from '../../rxctl/src/testing/tmux.ts';
import { median } from './shared/figures.ts';

const GROUPS = 64;
const COLUMNS = 200;
const ROWS = 60;
const LOOKS = 120;
const START_MAX_MS = 30_000;
/** What was compiled is written at the end. */
const COMPILED_MS = 2_000;
/** The compiler of V8 is done by then. */
const SETTLE_MS = 5_000;
const WINDOW_MS = 20_000;
const ROUNDS = 3;
const KEYS = 40;
const KEY_MAX_MS = 5_000;
/** Longer than a frame, so that each key is answered for itself, and never in step with the looks. */
const KEY_PAUSE_MS = 430;
const TICK_MS = 10;
const UTIME_INDEX = 11;
const STIME_INDEX = 12;

const ROOT = resolve(fileURLToPath(import.meta.url), '..', '..', '..');

function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME_INDEX]) + Number(fields[STIME_INDEX])) * TICK_MS;
}

function rssMiBOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}

function record(path: string): void {
  const recorder = new Recorder(path);
  for (let second = 0; second < LOOKS; second++)
    recorder.add(syntheticSnapshot({ groups: GROUPS, second, isSick: second > LOOKS / 2, hasCurve: true }));
  recorder.close();
}

async function cpuShares(pid: number): Promise<readonly number[]> {
  const shares: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [cpuMs, atMs] = [cpuMsOf(pid), performance.now()];
    await delay(WINDOW_MS);
    shares.push((100 * (cpuMsOf(pid) - cpuMs)) / (performance.now() - atMs));
  }
  return shares;
}

async function keyTimes(pane: TmuxPane): Promise<readonly number[]> {
  const times: number[] = [];
  for (let key = 0; key < KEYS; key++) {
    times.push(await pane.answerTimeMs(key % 10 === 9 ? 'Up' : 'Down', KEY_MAX_MS));
    await delay(KEY_PAUSE_MS);
  }
  return times.toSorted((a, b) => a - b);
}

async function main(): Promise<void> {
  if (!hasTmux()) {
    process.stderr.write('skipped: bench top, because there is no tmux\n');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'rexnet-bench-top-'));
  const recording = join(folder, 'recording.jsonl');
  record(recording);
  const command = `exec ${process.execPath} ${join(ROOT, 'rxctl/bin/rxctl.mjs')} top --replay ${recording}`;
  const open = async (): Promise<TmuxPane> => {
    const pane = await TmuxPane.open({ columns: COLUMNS, rows: ROWS, env: {}, cwd: folder, command });
    try {
      await pane.until((screen) => screen.includes('GROUPS 64'), 'the first frame', START_MAX_MS);
      return pane;
    } catch (error) {
      await pane.close();
      throw error;
    }
  };
  // The first start of a version compiles everything and weighs 20 MB more: most starts find that done.
  const first = await open();
  await first.type('q');
  await delay(COMPILED_MS);
  await first.close();
  const pane = await open();
  try {
    await delay(SETTLE_MS);
    const pid = Number(await pane.ask('#{pane_pid}'));
    const shares = await cpuShares(pid);
    const times = await keyTimes(pane);
    const round = (value: number): number => Math.round(value * 10) / 10;
    const worst = times[Math.floor(times.length * 0.95)] ?? 0;
    const rows = [
      {
        name: 'top.cpu',
        value: round(median(shares)),
        unit: '% of a core',
        floor: 10,
        goal: 5,
        anchors: { worst: round(Math.max(...shares)) },
      },
      { name: 'top.rss', value: round(rssMiBOf(pid)), unit: 'MiB at most', floor: 150, goal: 120, anchors: {} },
      {
        name: 'top.key',
        value: round(worst),
        unit: 'ms p95',
        floor: 100,
        goal: 50,
        anchors: { p50: round(median(times)), worst: round(times.at(-1) ?? 0) },
      },
    ];
    for (const { name, value, unit, floor } of rows)
      process.stderr.write(`${name}: ${value} ${unit} (at most ${floor})\n`);
    console.log(JSON.stringify({ rows }));
  } finally {
    await pane.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
