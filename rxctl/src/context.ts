// What every verb begins with: which network, in which folder, with which keys, in which format. It opens nothing by itself.
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ExitCode } from './exit.ts';
import { type Io, parseFormat, runVerb, type VerbOptions } from './io.ts';
import { Keystore } from './keystore.ts';
import { chooseNetwork, type Folders, foldersOf } from './local/folders.ts';
import type { Network, Signer } from './network.ts';
import { type NetworkPlace, placeOfFiles, seedOf } from './network-place.ts';
import type { Format } from './print.ts';
import type { Source } from './sources/source.ts';

export type CommonOptions = VerbOptions & { readonly dir: string; readonly name?: string };

/** Adds `-o`, `--timeout`, `--no-color`, `--dir` and `--name`, each also as an environment variable. */
export function withCommon(command: Command): Command {
  return withOutput(command)
    .addOption(
      new Option('--dir <folder>', 'where local networks keep their data').env('REXNET_DIR').default('.rexnet'),
    )
    .addOption(new Option('--name <testnet>', 'which network, when there are several').env('REXNET_NAME'));
}

export function withOutput(command: Command): Command {
  return withLimits(
    command.addOption(
      new Option('-o, --output <format>', 'text, wide, json, yaml or name').env('REXNET_OUTPUT').default('text'),
    ),
  );
}

/** `--timeout` and `--no-color`, for verbs with formats of their own. */
export function withLimits(command: Command): Command {
  return command
    .addOption(new Option('--timeout <duration>', 'give up after so long (exit code 3)').env('REXNET_TIMEOUT'))
    .addOption(
      new Option('--no-color', 'no colours; so does the environment variable NO_COLOR').env('REXNET_NO_COLOR'),
    );
}

export function baseOf(io: Io, options: CommonOptions): string {
  return resolve(io.cwd, options.dir);
}

export function localFolders(io: Io, options: CommonOptions): Folders {
  const base = baseOf(io, options);
  return foldersOf(base, chooseNetwork(base, options.name));
}

/** Keys are useful without a network too. */
export function keystoreOf(io: Io, place: NetworkPlace | undefined): Keystore {
  return new Keystore(io.env['HOME'] ?? homedir(), place === undefined ? undefined : seedOf(place));
}

export function devKey(place: NetworkPlace, name: string): Signer {
  return new Keystore('', seedOf(place)).signer(name);
}

export type Context = {
  readonly folders: Folders;
  readonly network: Network;
  readonly keys: Keystore;
  readonly format: Format;
};

/** For verbs that talk to a running network: opens it, and closes it whatever happens. */
export function withNetwork(
  io: Io,
  options: CommonOptions,
  verb: (context: Context) => Promise<ExitCode>,
): Promise<void> {
  return verbOf(io, options, async (format) => {
    const folders = localFolders(io, options);
    const place = placeOfFiles(folders);
    const network = await io.openNetwork(place);
    try {
      return await verb({ folders, network, keys: keystoreOf(io, place), format });
    } finally {
      await network.close();
    }
  });
}

export type View = { readonly folders: Folders; readonly source: Source; readonly format: Format };

/** For verbs that look at a network, also at one that does not run: opens the source, and closes it whatever happens. */
export function withSource(io: Io, options: CommonOptions, verb: (view: View) => Promise<ExitCode>): Promise<void> {
  return verbOf(io, options, async (format) => {
    const folders = localFolders(io, options);
    const source = await openSource(io, folders);
    try {
      return await verb({ folders, source, format });
    } finally {
      await source.close();
    }
  });
}

export async function openSource(io: Io, folders: Folders): Promise<Source> {
  if (io.openSource !== undefined) return io.openSource(folders);
  const { laptopSource } = await import('./sources/laptop.ts');
  return laptopSource({ folders, network: await io.openNetwork(placeOfFiles(folders)), nowMs: Date.now });
}

/** For verbs that need no running network. */
export function verbOf(io: Io, options: VerbOptions, verb: (format: Format) => Promise<ExitCode>): Promise<void> {
  return runVerb(io, options, async () => verb(parseFormat(options.output)));
}
