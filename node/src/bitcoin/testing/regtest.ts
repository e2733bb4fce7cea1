// A regtest bitcoind of a test: started, answering, stopped. It adopts none and survives nothing; rxctl's supervisor does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bitcoindArgs, cookieFileOf } from '../command.ts';
import { BitcoinRpc, BitcoinRpcError } from '../rpc.ts';

const READY_DEADLINE_MS = 60_000;
const READY_POLL_MS = 50;
/** A port found free may be taken before bitcoind binds it. */
const START_ATTEMPTS = 3;
const STDERR_TAIL_CHARS = 2_000;

export interface Bitcoind {
  readonly pid: number;
  readonly url: string;
  readonly rpc: BitcoinRpc;
  /** SIGTERM, then waits; null for an end by a signal. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** Answers when it takes calls; on `rpcPort` again when it is one that ran before. */
export async function startBitcoind(command: string, dataDir: string, rpcPort?: number): Promise<Bitcoind> {
  await mkdir(dataDir, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const started = await startOnce(command, dataDir, rpcPort ?? (await freePort()));
    if (typeof started !== 'string') return started;
    if (attempt === START_ATTEMPTS || !/bind|in use/i.test(started))
      throw new Error(`bitcoind ended at its start: ${started}`);
  }
}

/** What it wrote when it ended instead. */
async function startOnce(command: string, dataDir: string, rpcPort: number): Promise<Bitcoind | string> {
  // A cookie left by a killed bitcoind would be read in place of the one this start is about to write.
  await rm(cookieFileOf(dataDir), { force: true });
  const stderrFile = join(dataDir, 'stderr.log');
  const stderr = await open(stderrFile, 'w');
  const child = spawn(command, bitcoindArgs({ dataDir, rpcPort }), { stdio: ['ignore', 'ignore', stderr.fd] });
  const gone = exitOf(child);
  await stderr.close();
  const url = `http://127.0.0.1:${rpcPort}/`;
  const rpc = new BitcoinRpc(url, { kind: 'cookie', file: cookieFileOf(dataDir) });
  const settled = new AbortController();
  const isUp = await Promise.race([whenReady(rpc, settled.signal), gone.then(() => false)]).finally(() =>
    settled.abort(),
  );
  if (!isUp) return (await readFile(stderrFile, 'utf8')).slice(-STDERR_TAIL_CHARS).trim();
  const stop = (): Promise<number | null> => {
    rpc.close();
    child.kill('SIGTERM');
    return gone;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return { pid: child.pid!, url, rpc, stop, kill };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code as number | null;
}

async function whenReady(rpc: BitcoinRpc, signal: AbortSignal): Promise<boolean> {
  const untilMs = performance.now() + READY_DEADLINE_MS;
  for (;;) {
    try {
      await rpc.call('getblockchaininfo', [], { signal });
      return true;
    } catch (error) {
      if (!(error instanceof BitcoinRpcError) || error.code === 'ABORTED') return false;
      if (performance.now() > untilMs) throw new Error(`bitcoind does not answer: ${error.message}`);
    }
    await pause(READY_POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A port of this machine that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
