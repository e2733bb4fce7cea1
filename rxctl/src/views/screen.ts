// The frame on a terminal: rows given to ink, which writes only those that changed, and keys given back. It decides nothing.
// Imported only by the verb that needs it: ink and React take 20 MB and 100 ms.
import { render, Transform, useInput } from 'ink';
import { createElement, type ReactElement } from 'react';
import type { Key } from './keys.ts';

export type Screen = {
  show(rows: readonly string[]): void;
  /** Settles when the terminal is as it was before. */
  close(): Promise<void>;
  /** Settles when the person has left with ctrl-c, rejects when drawing failed. */
  readonly ended: Promise<unknown>;
};

export type Terminal = { readonly stdout: NodeJS.WriteStream; readonly stdin: NodeJS.ReadStream };

export function openScreen({ stdout, stdin }: Terminal, onKey: (key: Key) => void): Screen {
  const instance = render(createElement(Frame, { rows: [], onKey }), {
    stdout,
    stdin,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: true,
    patchConsole: false,
  });
  return {
    show: (rows) => instance.rerender(createElement(Frame, { rows, onKey })),
    close: async () => {
      instance.unmount();
      await instance.waitUntilExit().catch(() => undefined);
    },
    ended: instance.waitUntilExit(),
  };
}

type FrameProps = { readonly rows: readonly string[]; readonly onKey: (key: Key) => void };

function Frame({ rows, onKey }: FrameProps): ReactElement {
  useInput((input, key) => {
    const named = NAMED.find(([name]) => key[name]);
    if (named !== undefined) onKey({ kind: key.tab && key.shift ? 'backTab' : named[1] });
    else if (!key.ctrl && !key.meta) for (const char of input) for (const each of keysOf(char)) onKey(each);
  });
  // One cell a row to lay out: rows come with their final width, and measuring each anew costs more than drawing it.
  const cells = rows.map(() => CELL).join('\n');
  return createElement(Transform, { transform: (_cell: string, row: number) => rows[row] ?? '' }, cells);
}

const CELL = '.';

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageUp'],
  ['pageDown', 'pageDown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
] as const;

/** Keys that come faster than they are read come as one text. */
function keysOf(char: string): readonly Key[] {
  const kind = CONTROLS[char];
  if (kind !== undefined) return [{ kind }];
  return char < ' ' ? [] : [{ kind: 'char', char }];
}

const CONTROLS: Readonly<Record<string, 'enter' | 'tab' | 'backspace'>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
};
