// Drives `rxctl top` in a real terminal on a recording: what a person sees, what keys do, and that the terminal is given back
// as it was, by q and by a crash.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Recorder } from '../../../rxctl/src/sources/recording.ts';
import { syntheticSnapshot } from '../../../rxctl/src/testing/snapshots.ts';
import { hasTmux, TmuxPane } from '../../../rxctl/src/testing/tmux.ts';

const MAIN = resolve(import.meta.dirname, '../../../rxctl/src/main.ts');
/** A start compiles everything, and neighbours may have the machine. */
const PATIENCE_MS = 40_000;
const LOOKS = 20;

const folder = mkdtempSync(join(tmpdir(), 'rexnet-top-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function record(): string {
  const path = join(folder, 'recording.jsonl');
  const recorder = new Recorder(path);
  for (let second = 0; second < LOOKS; second++) recorder.add(syntheticSnapshot({ groups: 64, second, isSick: true }));
  recorder.close();
  return path;
}

/** Lets the test end the program as a bug would: with an error nobody catches. */
function crasher(): { readonly script: string; readonly pidFile: string } {
  const script = join(folder, 'crash.mjs');
  const pidFile = join(folder, 'pid');
  writeFileSync(
    script,
    `import { writeFileSync } from 'node:fs';
process.on('SIGUSR2', () => { throw new Error('a bug'); });
writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`,
  );
  return { script, pidFile };
}

test('top lives in a terminal and gives it back', { timeout: 4 * PATIENCE_MS }, async (context) => {
  if (!hasTmux()) return context.skip('tmux: it is not on the PATH');
  const { script, pidFile } = crasher();
  const command = `${process.execPath} --import ${script} ${MAIN} top --replay ${record()}`;
  const pane = await TmuxPane.open({
    columns: 120,
    rows: 40,
    cwd: folder,
    env: { NODE_ENV: 'production', ENV: '' },
    command: 'sh',
  });
  const sees = (text: string): Promise<string> => pane.until((screen) => screen.includes(text), text, PATIENCE_MS);
  const seesShell = (): Promise<string> =>
    pane.until((screen) => screen.trimEnd().endsWith('shell>'), 'the shell', PATIENCE_MS);
  const isBack = async (): Promise<void> => {
    await seesShell();
    expect(await pane.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1');
    await pane.type('echo back-$((20+22))');
    await pane.press('Enter');
    // Typed letters are echoed again, and a line is a line.
    expect(await sees('\nback-42')).toContain('echo back-$((20+22))');
    await pane.type('clear');
    await pane.press('Enter');
  };
  try {
    // Not every shell takes its prompt from the environment.
    await pane.type("PS1='shell> '");
    await pane.press('Enter');
    await seesShell();
    await pane.type(command);
    await pane.press('Enter');
    const first = await sees('GROUPS 64');
    expect(first).toContain('✖ Degraded  g2-n0 is not running');
    expect(await pane.ask('#{alternate_on}')).toBe('1');
    await pane.press('Down', 'Down', 'Enter');
    await sees('─ GROUP 2 ─');
    await pane.press('Enter');
    await sees('─ NODE g2-n0 ─');
    await pane.press('l');
    await sees('a recording holds no logs');
    await pane.press('Escape');
    await sees('─ NODE g2-n0 ─');
    await pane.press('Escape');
    await sees('─ GROUP 2 ─');
    await pane.press('Escape');
    await sees('GROUPS 64');
    await pane.type('/g63');
    await sees('GROUPS 1 of 64');
    await pane.press('Enter', 'Enter');
    await sees('─ GROUP 63 ─');
    await pane.type('p');
    await sees('PAUSED');
    await pane.type('q');
    await isBack();

    await pane.type(command);
    await pane.press('Enter');
    await sees('GROUPS 64');
    expect(existsSync(pidFile)).toBe(true);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGUSR2');
    await sees('a bug');
    await isBack();
  } finally {
    await pane.close();
  }
});
