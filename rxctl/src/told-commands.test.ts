// Cures, examples and documents tell people what to type: every verb with options they name has to be one that takes them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { EXIT } from './exit.ts';
import { REPOSITORY } from './local/folders.ts';
import { makeProgram } from './main.ts';

/** Where we tell people something. */
const TOLD = [
  'README.md',
  ...filesOf('docs', /\.md$/),
  ...['rxctl', 'operator', 'load'].flatMap((room) => filesOf(join(room, 'src'), /(?<!\.test)\.ts$/)),
];
/** A command ends where a sentence, a code mark or a comment goes on. */
const COMMAND = /\b(?:rxctl|kubectl rexnet) ((?:[a-z-][\w.=<>{}$/-]*|"[^"\n]*"|\d+)(?: (?! )[\w.=<>{}$/"…,@-]+)*)/g;

const program = await makeProgram([], {
  ...{ stdout: new PassThrough(), stderr: new PassThrough(), stdin: new PassThrough() },
  ...{ env: {}, cwd: '/', signal: new AbortController().signal, exitCode: EXIT.ok },
  openNetwork: () => Promise.reject(new Error('no verb runs here')),
});

test('what people are told to type is taken', () => {
  const told = TOLD.flatMap((file) =>
    [...readFileSync(join(REPOSITORY, file), 'utf8').matchAll(COMMAND)].map(([, words = '']) => ({ file, words })),
  );
  const options = told.filter(({ words }) => / -/.test(` ${words}`));
  expect(options.length).toBeGreaterThan(100);
  expect(options.flatMap(({ file, words }) => mistakesOf(words).map((mistake) => `${file}: ${mistake}`))).toEqual([]);
});

function mistakesOf(words: string): readonly string[] {
  const tokens = words.split(' ');
  const commandIn = (parent: Command): Command | undefined => {
    const names = new Map(parent.commands.map((command) => [command.name(), command]));
    return names.get(tokens.find((token) => names.has(token)) ?? '');
  };
  const verb = commandIn(program);
  // A sentence about rxctl itself, or a verb that is filled in.
  if (verb === undefined || tokens[1]?.startsWith('${') === true) return [];
  const known = [program, verb, commandIn(verb) ?? verb].flatMap(flagsOf);
  return tokens
    .filter((token) => /^--?[a-z]/.test(token))
    .map((token) => token.replace(/[=.,].*$/, ''))
    .filter((flag) => !known.includes(flag))
    .map((flag) => `rxctl ${words}: there is no ${flag}`);
}

function flagsOf({ options }: Command): readonly string[] {
  return [...options.flatMap(({ short, long }) => [short ?? '', long ?? '']), '-h', '--help', '--version'];
}

function filesOf(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && pattern.test(entry.name) ? [join(entry.parentPath, entry.name).slice(REPOSITORY.length + 1)] : [],
  );
}
