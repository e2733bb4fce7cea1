// rxd: runs a node, mines, writes a genesis file, or audits a data folder. Picks the command, words its failures, chooses the exit code.
import { setFlagsFromString } from 'node:v8';
import { EXIT, type Exit, wordFailure } from './exit.ts';
import { type Command, type Flags, helpText, isCommand, readFlags } from './flags.ts';
import { beginLifetime, type World } from './lifetime.ts';

type Run = (flags: Flags, world: World) => Promise<Exit>;

/** Loaded when asked for: a miner needs no database, and genesis no network. */
const RUN: Readonly<Record<Command, () => Promise<Run>>> = {
  init: async () => toItsEnd((await import('./commands/init.ts')).init),
  run: async () => toItsEnd((await import('./commands/run.ts')).run),
  mine: async () => toItsEnd((await import('./commands/mine.ts')).mine),
  audit: async () => (await import('./commands/audit.ts')).audit,
};

/** A command that either ends well or throws. */
function toItsEnd(run: (flags: Flags, world: World) => Promise<void>): Run {
  return async (flags, world) => {
    await run(flags, world);
    return EXIT.ok;
  };
}

const HELP: ReadonlySet<string> = new Set(['--help', '-h']);

export async function main(args: readonly string[], world: World): Promise<Exit> {
  const [name, ...rest] = args;
  if (args.some((arg) => HELP.has(arg)) || name === 'help') {
    const topic = name === 'help' ? rest[0] : name;
    world.out(helpText(isCommand(topic) ? topic : undefined));
    return EXIT.ok;
  }
  if (!isCommand(name)) {
    world.err(`rxd: ${name === undefined ? 'name a command' : `${name} is no command`}\n\n${helpText()}`);
    return EXIT.usage;
  }
  try {
    const flags = readFlags(name, rest, world.environment);
    const run = await RUN[name]();
    return await run(flags, world);
  } catch (error) {
    const worded = wordFailure(error);
    if (worded === undefined) world.tellDefect(name, error);
    else world.err(`rxd ${name}: ${worded.text}`);
    return worded?.exit ?? EXIT.error;
  }
}

/**
 * Share of its size a heap may grow by before it is collected. Left to itself V8 lets dead connections and what they hold
 * outside its heap pile up: 60 MB under a flood of them, at no gain in time that can be measured.
 */
const HEAP_GROWTH_PERCENT = 25;

if (import.meta.main) {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  process.exit(await main(process.argv.slice(2), beginLifetime()));
}
