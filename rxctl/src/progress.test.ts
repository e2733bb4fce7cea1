import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Io } from './io.ts';
import { drawn, ProgressLine } from './progress.ts';
import { PLAIN } from './style.ts';
import { Sink } from './testing/sink.ts';

const COLUMNS = 60;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function ioWith(stderr: Sink): Io {
  return { stderr, env: {} } as unknown as Io;
}

test.each([
  [
    { text: 'Running (2 of 5 invocations)', done: 2, total: 5 },
    '████████░░░░░░░░░░░░ Running (2 of 5 invocations) 2/5 3 s',
  ],
  [{ text: 'asking the nodes' }, 'asking the nodes 3 s'],
  [{ text: 'x'.repeat(80), done: 9, total: 9 }, `████████████████████ ${'x'.repeat(29)}… 9/9 3 s`],
])('%j is drawn on one line', (step, line) => {
  const shown = drawn(step, '3 s', 60, PLAIN);
  expect(shown).toBe(line);
  expect(shown.length).toBeLessThan(60);
});

test('what takes less than a second is not told', () => {
  const sink = new Sink(true, COLUMNS);
  const line = new ProgressLine(ioWith(sink));
  line.show({ text: 'soon over' });
  vi.advanceTimersByTime(900);
  line.end();
  expect(sink.text).toBe('');
});

test('on a terminal one line is redrawn and removed', () => {
  const sink = new Sink(true, COLUMNS);
  const line = new ProgressLine(ioWith(sink));
  line.show({ text: 'working' });
  vi.advanceTimersByTime(1_300);
  line.end();
  expect(sink.text).toContain('\r\x1b[2Kworking');
  expect(sink.text.endsWith('\r\x1b[2K')).toBe(true);
  expect(sink.text).not.toContain('\n');
});

test('elsewhere each change is a line, at most one a second', () => {
  const sink = new Sink(false, COLUMNS);
  const line = new ProgressLine(ioWith(sink));
  line.show({ text: 'Included', done: 1, total: 3 });
  vi.advanceTimersByTime(2_500);
  line.show({ text: 'Executed', done: 3, total: 3 });
  vi.advanceTimersByTime(2_500);
  line.end();
  expect(sink.text).toBe('Included (1 of 3)\nExecuted (3 of 3)\n');
});
