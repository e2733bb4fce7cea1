// rxctl: puts the verbs together and runs one. It reads the arguments and returns an exit code; each verb is a file of commands/.
import { Command, CommanderError } from 'commander';
import { openNetwork } from './adapter.ts';
import { addAudit } from './commands/audit.ts';
import { addBench } from './commands/bench.ts';
import { addBlock } from './commands/block.ts';
import { addCall } from './commands/call.ts';
import { addCompile } from './commands/compile.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDown } from './commands/down.ts';
import { addEstimate } from './commands/estimate.ts';
import { addEvents } from './commands/events.ts';
import { addFaucet } from './commands/faucet.ts';
import { addKey } from './commands/key.ts';
import { addLogs } from './commands/logs.ts';
import { addNodes } from './commands/nodes.ts';
import { addParent } from './commands/parent.ts';
import { addSend } from './commands/send.ts';
import { addStatus } from './commands/status.ts';
import { addTop } from './commands/top.ts';
import { addTree } from './commands/tree.ts';
import { addTx } from './commands/tx.ts';
import { addUp } from './commands/up.ts';
import { addVerifyChain } from './commands/verify-chain.ts';
import { addWait } from './commands/wait.ts';
import { addWhy } from './commands/why.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Io } from './io.ts';

const VERBS = [
  addUp,
  addDown,
  addDoctor,
  addStatus,
  addWhy,
  addWait,
  addTree,
  addTop,
  addNodes,
  addEvents,
  addLogs,
  addCompile,
  addDeploy,
  addCall,
  addSend,
  addEstimate,
  addKey,
  addFaucet,
  addBlock,
  addTx,
  addAudit,
  addVerifyChain,
  addParent,
  addBench,
] as const;

/** Runs one verb against given streams; resolves to the exit code. */
export async function runRxctl(args: readonly string[], io: Io): Promise<ExitCode> {
  const program = new Command('rxctl')
    .description('Runs and asks Rexnet test networks. Every verb has -o json, --help and examples.')
    .version('0.1.0')
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showHelpAfterError('(rxctl --help shows the verbs)')
    .exitOverride();
  for (const add of VERBS) add(program, io);
  // Subcommands inherit neither by themselves.
  for (const command of program.commands)
    for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return io.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** The program as it is started from a shell: real streams, Ctrl-C as a signal. */
export async function main(args: readonly string[]): Promise<number> {
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
    openNetwork,
    exitCode: EXIT.ok,
  };
  return runRxctl(args, io);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
