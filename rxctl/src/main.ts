// rxctl: puts the verbs together and runs one. It reads the arguments and returns an exit code; each verb is a file of commands/.
import { SwitchCommand } from '@rexnet/operator/switch-command.ts';
import { type Command, CommanderError, type ErrorOptions, type Option } from 'commander';
import { EXIT, type ExitCode } from './exit.ts';
import { type Io, inWordsOf, PROGRAM } from './io.ts';

type AddVerb = (program: Command, io: Io) => void;

/** In the order of --help. Only the verb that runs is loaded: the others would cost it a quarter of a second and 25 MB. */
const VERBS: Readonly<Record<string, () => Promise<AddVerb>>> = {
  up: async () => (await import('./commands/up.ts')).addUp,
  down: async () => (await import('./commands/down.ts')).addDown,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  lint: async () => (await import('./commands/lint.ts')).addLint,
  scale: async () => (await import('./commands/scale.ts')).addScale,
  status: async () => (await import('./commands/status.ts')).addStatus,
  why: async () => (await import('./commands/why.ts')).addWhy,
  wait: async () => (await import('./commands/wait.ts')).addWait,
  tree: async () => (await import('./commands/tree.ts')).addTree,
  top: async () => (await import('./commands/top.ts')).addTop,
  nodes: async () => (await import('./commands/nodes.ts')).addNodes,
  events: async () => (await import('./commands/events.ts')).addEvents,
  logs: async () => (await import('./commands/logs.ts')).addLogs,
  report: async () => (await import('./commands/report.ts')).addReport,
  compile: async () => (await import('./commands/compile.ts')).addCompile,
  deploy: async () => (await import('./commands/deploy.ts')).addDeploy,
  'deploy-all': async () => (await import('./commands/deploy-all.ts')).addDeployAll,
  call: async () => (await import('./commands/call.ts')).addCall,
  send: async () => (await import('./commands/send.ts')).addSend,
  estimate: async () => (await import('./commands/estimate.ts')).addEstimate,
  key: async () => (await import('./commands/key.ts')).addKey,
  faucet: async () => (await import('./commands/faucet.ts')).addFaucet,
  block: async () => (await import('./commands/block.ts')).addBlock,
  tx: async () => (await import('./commands/tx.ts')).addTx,
  audit: async () => (await import('./commands/audit.ts')).addAudit,
  'verify-chain': async () => (await import('./commands/verify-chain.ts')).addVerifyChain,
  load: async () => (await import('./commands/load.ts')).addLoad,
  parent: async () => (await import('./commands/parent.ts')).addParent,
  bench: async () => (await import('./commands/bench.ts')).addBench,
};

/** Options that may stand before the verb, as in `rxctl --kube -n lab status`, and take a value. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '-n',
  '--namespace',
  '--context',
  '--kubeconfig',
  '--name',
  '--dir',
  '-o',
  '--output',
  '--timeout',
]);

const CLUSTER_OPTION = /'--(?:kube|namespace|context|kubeconfig)'/;

/** Runs one verb against given streams; resolves to the exit code. */
export async function runRxctl(words: readonly string[], io: Io): Promise<ExitCode> {
  const args = verbFirst(words);
  const program = await makeProgram(args, io);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return io.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** The verbs that `args` may mean, with all they take: to run one, and to document them. */
export async function makeProgram(args: readonly string[], io: Io): Promise<Command> {
  const program = new Verb(io.program ?? PROGRAM)
    .description('Runs and asks Rexnet test networks. Every verb has -o json, --help and examples.')
    .version('0.1.0')
    .configureOutput({
      writeOut: (text) => io.stdout.write(inWordsOf(io, text)),
      writeErr: (text) => io.stderr.write(inWordsOf(io, text)),
    })
    .showHelpAfterError('(rxctl --help shows the verbs)')
    // A verb that has verbs of its own takes no options of theirs.
    .enablePositionalOptions()
    .exitOverride();
  for (const add of await verbsFor(args)) add(program, io);
  // Subcommands inherit neither by themselves.
  for (const command of program.commands)
    for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
  return program;
}

/** Every flag is an environment variable too; commander listens only to those named before an option is added. */
class Verb extends SwitchCommand {
  override createCommand(name: string): Command {
    return new Verb(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    const cure = this.#cureOf(message, options?.code);
    super.error(cure === undefined ? message : `${message}\n  cure: ${cure}`, options);
  }

  #cureOf(message: string, code: string | undefined): string | undefined {
    // kubectl names an object behind the verb; here an option does.
    const isNamed = this.options.some(({ long }) => long === '--name');
    if (code === 'commander.excessArguments' && isNamed) return 'say which network with --name';
    const isForClusters = code === 'commander.unknownOption' && CLUSTER_OPTION.test(message);
    return isForClusters ? `${this.name()} asks no cluster: leave it out` : undefined;
  }

  override addOption(option: Option): this {
    const flag = option.long?.slice('--'.length);
    if (flag !== undefined && option.envVar === undefined)
      option.env(`REXNET_${flag.toUpperCase().replaceAll('-', '_')}`);
    return super.addOption(option);
  }
}

/** The verb that is named; all of them where none is, as for --help and for a slip of the pen. */
async function verbsFor(args: readonly string[]): Promise<readonly AddVerb[]> {
  const [first] = args;
  const named = first !== undefined && Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
  return Promise.all((named === undefined ? Object.values(VERBS) : [named]).map((load) => load()));
}

/** The verb needs to be known before its options are: what stands before it goes behind it. There -n is always the namespace. */
function verbFirst(words: readonly string[]): readonly string[] {
  let verb = 0;
  while (words[verb]?.startsWith('-') === true) verb += WITH_VALUE.has(words[verb] ?? '') ? 2 : 1;
  if (verb === 0 || verb >= words.length) return words;
  const end = words.indexOf('--');
  const last = end < 0 ? words.length : end;
  const moved = words.slice(0, verb).map((word) => (word === '-n' ? '--namespace' : word));
  return [...words.slice(verb, last), ...moved, ...words.slice(last)];
}

/** The program as it is started from a shell: real streams, Ctrl-C as a signal. `program`: what a person calls it by. */
export async function main(args: readonly string[], program?: string): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  // Whoever reads us may leave, as `head` does.
  process.stdout.on('error', () => stop.abort());
  const io: Io = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    signal: stop.signal,
    openNetwork: async (place) => (await import('./adapter.ts')).openNetwork(place),
    exitCode: EXIT.ok,
    ...(program === undefined ? {} : { program }),
  };
  return runRxctl(args, io);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
