// What every verb begins with: which network, on this machine or in a cluster, with which keys, in which format. It opens nothing
// by itself.
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { type Io, parseFormat, runVerb, type VerbOptions } from './io.ts';
import { Keystore } from './keystore.ts';
import { chooseNetwork, type Folders, foldersOf } from './local/folders.ts';
import { LocalSite } from './local/site.ts';
import type { Network, Signer } from './network.ts';
import { type NetworkPlace, seedOf } from './network-place.ts';
import type { Format } from './print.ts';
import type { Site } from './site.ts';
import type { Source } from './sources/source.ts';

export type CommonOptions = VerbOptions & {
  readonly dir: string;
  readonly name?: string;
  readonly kube?: boolean;
  readonly namespace?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
};

const NAMESPACE_FLAGS = '-n, --namespace <name>';

/** Adds what says which network is meant, and in which form; each also as an environment variable. */
export function withCommon(command: Command, namespaceFlags: string = NAMESPACE_FLAGS): Command {
  return withOutput(command)
    .addOption(
      new Option('--dir <folder>', 'where local networks keep their data').env('REXNET_DIR').default('.rexnet'),
    )
    .addOption(new Option('--name <testnet>', 'which network, when there are several').env('REXNET_NAME'))
    .option('--kube', 'a Testnet of the current cluster instead of a network of this machine')
    .option(namespaceFlags, 'with --kube: where the Testnet is; that of the context when absent')
    .option('--context <name>', 'with --kube: another context of the kubeconfig')
    .option('--kubeconfig <file>', 'with --kube: another kubeconfig');
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

/** For what only this machine has: processes, ports, files. */
export function localFolders(io: Io, options: CommonOptions): Folders {
  if (options.kube === true)
    throw new CliError(EXIT.usage, 'this is for networks of this machine only', 'leave --kube out');
  const base = baseOf(io, options);
  return foldersOf(base, chooseNetwork(base, options.name));
}

/** Where the network is that the options mean. */
export async function siteOf(io: Io, options: CommonOptions): Promise<Site> {
  if (options.kube !== true) return new LocalSite(io, localFolders(io, options));
  // A third of a second and 85 MB that a laptop does not need.
  const { ClusterSite } = await import('./cluster/site.ts');
  return ClusterSite.open(io, options);
}

/** Keys are useful without a network too. */
export function keystoreOf(io: Io, place: NetworkPlace | undefined): Keystore {
  return new Keystore(io.env['HOME'] ?? homedir(), place === undefined ? undefined : seedOf(place));
}

export function devKey(place: NetworkPlace, name: string): Signer {
  return new Keystore('', seedOf(place)).signer(name);
}

export type Context = { readonly network: Network; readonly keys: Keystore; readonly format: Format };

/** For verbs that talk to a running network: opens it, and closes it whatever happens. */
export function withNetwork(
  io: Io,
  options: CommonOptions,
  verb: (context: Context) => Promise<ExitCode>,
): Promise<void> {
  return withSite(io, options, async (site, format) => {
    const obstacle = await site.obstacle();
    if (obstacle !== undefined) throw new CliError(EXIT.notReachable, obstacle.fact, obstacle.cure);
    const place = await site.place();
    const network = await io.openNetwork(place);
    try {
      return await verb({ network, keys: keystoreOf(io, place), format });
    } finally {
      await network.close();
    }
  });
}

export type View = { readonly site: Site; readonly source: Source; readonly format: Format };

/** For verbs that look at a network, also at one that does not run: opens the source, and closes it whatever happens. */
export function withSource(io: Io, options: CommonOptions, verb: (view: View) => Promise<ExitCode>): Promise<void> {
  return withSite(io, options, async (site, format) => {
    const source = await site.openSource();
    try {
      return await verb({ site, source, format });
    } finally {
      await source.close();
    }
  });
}

export function withSite(
  io: Io,
  options: CommonOptions,
  verb: (site: Site, format: Format) => Promise<ExitCode>,
): Promise<void> {
  return verbOf(io, options, async (format) => {
    const site = await siteOf(io, options);
    try {
      return await verb(site, format);
    } finally {
      await site.close();
    }
  });
}

/** For verbs that need no running network. */
export function verbOf(io: Io, options: VerbOptions, verb: (format: Format) => Promise<ExitCode>): Promise<void> {
  return runVerb(io, options, async () => verb(parseFormat(options.output)));
}
