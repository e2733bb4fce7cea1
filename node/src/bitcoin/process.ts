// Runs one private regtest bitcoind: start, wait until it answers, adopt what a crash left, stop cleanly. It mines and pays nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BitcoinRpc, BitcoinRpcError } from './rpc.ts';

const READY_DEADLINE_MS = 60_000;
const READY_POLL_MS = 50;
/** A clean stop takes a tenth of a second; a busy disk may need longer. */
const STOP_DEADLINE_MS = 20_000;
const STOP_POLL_MS = 25;
/** A port found free may be taken before bitcoind binds it. */
const START_ATTEMPTS = 3;
const STDERR_TAIL_CHARS = 2_000;
/** Written before the start: what a crash of ours leaves must be found whatever the moment. bitcoind writes its pid itself. */
const PORT_FILE = 'rpc-port';

export type BitcoindErrorCode = 'EXITED' | 'NOT_READY' | 'NOT_STOPPED';

export class BitcoindError extends Error {
  readonly code: BitcoindErrorCode;

  constructor(code: BitcoindErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface BitcoindOptions {
  readonly command: string;
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** A free one is chosen when absent. */
  readonly rpcPort?: number;
  readonly extraArgs?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface Bitcoind {
  readonly pid: number;
  readonly url: string;
  readonly cookieFile: string;
  readonly rpc: BitcoinRpc;
  /** SIGTERM, then waits for the process to be gone. */
  stop(): Promise<void>;
  /** Settles when the process has ended; null when its exit code is unknown. */
  exited(): Promise<number | null>;
}

/** The command line of a regtest bitcoind that talks to nobody but its RPC callers on this machine. */
export function bitcoindArgs(options: { dataDir: string; rpcPort: number; extraArgs?: readonly string[] }): string[] {
  return [
    '-regtest',
    `-datadir=${resolve(options.dataDir)}`,
    '-server=1',
    '-listen=0',
    '-connect=0',
    '-dnsseed=0',
    '-fixedseeds=0',
    '-discover=0',
    '-natpmp=0',
    '-rpcbind=127.0.0.1',
    '-rpcallowip=127.0.0.1/32',
    `-rpcport=${options.rpcPort}`,
    '-fallbackfee=0.0002',
    '-dbcache=32',
    '-maxmempool=50',
    '-par=1',
    '-printtoconsole=0',
    ...(options.extraArgs ?? []),
  ];
}

export function cookieFileOf(dataDir: string): string {
  return join(dataDir, 'regtest', '.cookie');
}

/** Adopts the bitcoind of this data folder if one runs, else starts one, and answers when it takes calls. */
export async function startBitcoind(options: BitcoindOptions): Promise<Bitcoind> {
  for (let attempt = 1; ; attempt++) {
    const adopted = await adoptBitcoind(options.dataDir, options.signal);
    if (adopted !== undefined) {
      options.log(`bitcoind ${adopted.pid} already runs at ${adopted.url}`);
      return adopted;
    }
    try {
      return await startOnce(options);
    } catch (error) {
      // A port taken by another, or a bitcoind of this folder that a crash left before it had written its pid.
      const passing =
        error instanceof BitcoindError && error.code === 'EXITED' && /bind|in use|lock/i.test(error.message);
      if (!passing || attempt === START_ATTEMPTS) throw error;
    }
  }
}

/** The bitcoind recorded in this data folder, when that very process still runs and answers. */
export async function adoptBitcoind(dataDir: string, signal?: AbortSignal): Promise<Bitcoind | undefined> {
  const record = await readRecord(dataDir);
  if (record === undefined || !(await isOurs(record.pid, dataDir))) return undefined;
  const running = describe(dataDir, record, () => whenGone(record.pid, dataDir).then(() => null));
  await waitReady(running, signal);
  return running;
}

async function startOnce(options: BitcoindOptions): Promise<Bitcoind> {
  const { dataDir, command } = options;
  await mkdir(dataDir, { recursive: true });
  const rpcPort = options.rpcPort ?? (await freePort());
  const args = bitcoindArgs({
    dataDir,
    rpcPort,
    ...(options.extraArgs === undefined ? {} : { extraArgs: options.extraArgs }),
  });
  await writeFile(join(dataDir, PORT_FILE), `${rpcPort}\n`);
  // A cookie left by a killed bitcoind would be read in place of the one this start is about to write.
  await rm(cookieFileOf(dataDir), { force: true });
  const stderrFile = join(dataDir, 'stderr.log');
  const stderr = await open(stderrFile, 'w');
  // Detached, so that a terminal's Ctrl-C reaches only the program that stops things in order.
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'ignore', stderr.fd] });
  const gone = exitOf(child);
  await stderr.close();
  if (child.pid === undefined)
    throw new BitcoindError('EXITED', `${command} could not be started: ${(await gone).why}`);
  child.unref();
  const record = { pid: child.pid, rpcPort };
  const running = describe(dataDir, record, () => gone.then(({ code }) => code));
  const failed = gone.then(async ({ why }) => {
    const tail = (await readFile(stderrFile, 'utf8').catch(() => '')).slice(-STDERR_TAIL_CHARS).trim();
    throw new BitcoindError('EXITED', `bitcoind ended at its start (${why}): ${tail}`);
  });
  // Losing the race later is an ordinary exit and nobody's unhandled rejection.
  failed.catch(() => undefined);
  const settled = new AbortController();
  const signals = [settled.signal, ...(options.signal === undefined ? [] : [options.signal])];
  await Promise.race([waitReady(running, AbortSignal.any(signals)), failed]).finally(() => settled.abort());
  options.log(`bitcoind ${running.pid} answers at ${running.url}`);
  return running;
}

function describe(dataDir: string, record: ProcessRecord, exited: () => Promise<number | null>): Bitcoind {
  const url = `http://127.0.0.1:${record.rpcPort}/`;
  const cookieFile = cookieFileOf(dataDir);
  const rpc = new BitcoinRpc(url, { kind: 'cookie', file: cookieFile });
  const stop = async () => {
    rpc.close();
    if (await isOurs(record.pid, dataDir)) process.kill(record.pid, 'SIGTERM');
    await whenGone(record.pid, dataDir, STOP_DEADLINE_MS);
  };
  return { pid: record.pid, url, cookieFile, rpc, stop, exited };
}

async function waitReady(running: Bitcoind, signal: AbortSignal | undefined): Promise<void> {
  const until = performance.now() + READY_DEADLINE_MS;
  for (;;) {
    try {
      await running.rpc.call('getblockchaininfo', [], signal === undefined ? {} : { signal });
      return;
    } catch (error) {
      if (!(error instanceof BitcoinRpcError) || error.code === 'ABORTED') throw error;
      if (performance.now() > until) throw new BitcoindError('NOT_READY', `bitcoind does not answer: ${error.message}`);
    }
    await pause(READY_POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; why: string }> {
  return new Promise((settle) => {
    child.once('error', (error) => settle({ code: null, why: error.message }));
    child.once('exit', (code, signal) => settle({ code, why: signal ?? `exit code ${code}` }));
  });
}

interface ProcessRecord {
  readonly pid: number;
  readonly rpcPort: number;
}

async function readRecord(dataDir: string): Promise<ProcessRecord | undefined> {
  const pid = await readPositive(join(dataDir, 'regtest', 'bitcoind.pid'));
  const rpcPort = await readPositive(join(dataDir, PORT_FILE));
  return pid === undefined || rpcPort === undefined ? undefined : { pid, rpcPort };
}

async function readPositive(file: string): Promise<number | undefined> {
  const value = Number((await readFile(file, 'utf8').catch(() => '')).trim());
  return Number.isSafeInteger(value) && value > 1 ? value : undefined;
}

/** Process ids are reused, so a recorded one counts only while its command line names our data folder. */
async function isOurs(pid: number, dataDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.split('\0').includes(`-datadir=${resolve(dataDir)}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function whenGone(pid: number, dataDir: string, deadlineMs = Number.POSITIVE_INFINITY): Promise<void> {
  const until = performance.now() + deadlineMs;
  while (await isOurs(pid, dataDir)) {
    if (performance.now() > until)
      throw new BitcoindError('NOT_STOPPED', `bitcoind ${pid} is still there after SIGTERM`);
    await pause(STOP_POLL_MS);
  }
}

/** A port of this machine that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => settle(port));
    });
  });
}
