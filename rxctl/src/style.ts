// Colours for people at a terminal. Where nobody asked for them, or NO_COLOR is set, text stays as it is: no word of ours
// depends on a colour.
import { styleText } from 'node:util';
import type { Io, Out } from './io.ts';

export type Style = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'dim' | 'bold';
export type Paint = (style: Style, text: string) => string;

export const PLAIN: Paint = (_style, text) => text;

/** Colours of groups, in turn. */
const GROUP_STYLES: readonly Style[] = ['cyan', 'magenta', 'yellow', 'green', 'blue'];

export function hasColor(io: Io, stream: Out): boolean {
  return stream.isTTY === true && io.wantsColor !== false && !io.env['NO_COLOR'];
}

export function paintOf(io: Io, stream: Out = io.stdout): Paint {
  if (!hasColor(io, stream)) return PLAIN;
  return (style, text) => styleText(style, text, { validateStream: false });
}

export function styleOfGroup(group: number): Style {
  return GROUP_STYLES[group % GROUP_STYLES.length] ?? 'cyan';
}
