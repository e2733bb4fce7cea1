// rxd: runs a node, mines, or writes a genesis file. Picks the command, words its failures, chooses the exit code.
import { EXIT, type Exit, wordFailure } from './exit.ts';
import { type Command, type Flags, helpText, isCommand, readFlags } from './flags.ts';
import { beginLifetime, oneLine, type World } from './lifetime.ts';

type Run = (flags: Flags, world: World) => Promise<void> | void;

/** Loaded when asked for: a miner needs no database, and genesis no network. */
const RUN: Readonly<Record<Command, () => Promise<Run>>> = {
  init: async () => (await import('./commands/init.ts')).init,
  run: async () => (await import('./commands/run.ts')).run,
  mine: async () => (await import('./commands/mine.ts')).mine,
};

const HELP = new Set(['--help', '-h', 'help']);

export async function main(args: readonly string[], world: World): Promise<Exit> {
  const [name, ...rest] = args;
  try {
    if (name !== undefined && HELP.has(name)) {
      world.out(helpText(isCommand(rest[0]) ? rest[0] : undefined));
      return EXIT.ok;
    }
    if (!isCommand(name)) {
      world.err(name === undefined ? 'rxd: name a command' : `rxd: ${name} is no command`);
      world.err(helpText());
      return EXIT.usage;
    }
    if (rest.some((arg) => HELP.has(arg) && arg !== 'help')) {
      world.out(helpText(name));
      return EXIT.ok;
    }
    const flags = readFlags(name, rest, world.environment);
    const run = await RUN[name]();
    await run(flags, world);
    return EXIT.ok;
  } catch (error) {
    const worded = wordFailure(error);
    world.err(`rxd${isCommand(name) ? ` ${name}` : ''}: ${worded?.text ?? oneLine(error)}`);
    return worded?.exit ?? EXIT.error;
  }
}

if (import.meta.main) {
  const world: World = {
    ...beginLifetime(),
    environment: process.env,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  };
  process.exit(await main(process.argv.slice(2), world));
}
