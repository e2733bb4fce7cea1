// anvil (revm) as a peer: its program from npm, the token put into its state, transfers looped inside one eth_call.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installArchive, ROOT } from '../../../scripts/setup.mjs';
import { until } from '../../local/until.ts';
import { processMs } from '../shared/own-time.ts';
import { type Found, type Peer, sentence } from './peer.ts';
import { compileTokenLoop, type TokenLoop } from './token-loop.ts';

const VERSION = '1.7.1';
const TOKEN = `0x${'70'.repeat(20)}`;
const FUNDED_PER_CALL = 20_000;
const GAS = `0x${(10n ** 15n).toString(16)}`;
const START_MAX_MS = 20_000;
const CALL_MAX_MS = 120_000;
const LOOK_AGAIN_MS = 10;

class Anvil implements Peer {
  readonly name = 'anvil';
  readonly floor = 7;
  readonly goal = 10;
  readonly #process: ChildProcess;
  readonly #url: string;
  readonly #token: TokenLoop;
  readonly #accounts: number;
  #seed = 1;

  constructor(process: ChildProcess, url: string, token: TokenLoop, accounts: number) {
    this.#process = process;
    this.#url = url;
    this.#token = token;
    this.#accounts = accounts;
  }

  async fund(value: bigint): Promise<void> {
    const [from] = (await this.#ask('eth_accounts')) as [string];
    await this.#ask('anvil_setBalance', from, `0x${(10n ** 30n).toString(16)}`);
    await this.#ask('anvil_setCode', TOKEN, `0x${this.#token.code}`);
    for (let at = 0; at < this.#accounts; at += FUNDED_PER_CALL) {
      const data = `0x${this.#token.fund(at, Math.min(at + FUNDED_PER_CALL, this.#accounts), value)}`;
      const hash = await this.#ask('eth_sendTransaction', { from, to: TOKEN, gas: GAS, data });
      const receipt = await until({
        what: 'anvil to fund accounts',
        withinMs: CALL_MAX_MS,
        look: async () => (await this.#ask('eth_getTransactionReceipt', hash)) as { readonly status: string } | null,
        holds: (seen) => seen !== null,
        everyMs: LOOK_AGAIN_MS,
      });
      if (receipt?.status !== '0x1') throw new Error('anvil did not fund the accounts');
    }
  }

  async run(transfers: number): Promise<{ readonly transfers: number; readonly ms: number }> {
    const data = `0x${this.#token.loop(transfers, this.#accounts, this.#seed++)}`;
    const pid = this.#process.pid!;
    const before = processMs(pid);
    const began = performance.now();
    const done = await this.#ask('eth_call', { to: TOKEN, gas: GAS, data }, 'latest');
    const wallMs = performance.now() - began;
    const after = processMs(pid);
    if (Number(done) !== transfers) throw new Error(`anvil answered ${String(done)}`);
    return { transfers, ms: before === undefined || after === undefined ? wallMs : after - before };
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.#process.once('exit', done));
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await ended;
  }

  async #ask(method: string, ...params: unknown[]): Promise<unknown> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: AbortSignal.timeout(CALL_MAX_MS),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (error !== undefined) throw new Error(`anvil, ${method}: ${error.message}`);
    return result;
  }
}

/**
 * The program for this platform, undefined when npm has none. It is no dependency of ours: the lock file would name the
 * programs of all platforms, and a registry that lacks one of them could install nothing at all.
 */
async function program(): Promise<string | undefined> {
  const name = `anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const folder = join(ROOT, '.rexnet', '.peers', `anvil-${VERSION}`);
  const path = join(
    folder,
    'node_modules',
    '@foundry-rs',
    name,
    'bin',
    process.platform === 'win32' ? 'anvil.exe' : 'anvil',
  );
  if (existsSync(path)) return path;
  try {
    await installArchive(folder, `@foundry-rs/${name}`, VERSION);
  } catch {
    return undefined;
  }
  return existsSync(path) ? path : undefined;
}

/** Where it says it listens. */
function address(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let text = '';
    const timer = setTimeout(() => failed(new Error('anvil does not start')), START_MAX_MS);
    const end = (error?: Error): void => {
      clearTimeout(timer);
      if (error !== undefined) failed(error);
    };
    child.once('error', end);
    child.once('exit', (code) => end(new Error(`anvil ended with code ${code}`)));
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = /Listening on (\S+)/.exec(text);
      if (match === null) return;
      end();
      found(`http://${match[1]}`);
    });
  });
}

export async function anvil(accounts: number, funds: bigint): Promise<Found> {
  const path = await program();
  if (path === undefined) return { name: 'anvil', missing: `npm has no anvil for ${process.platform}-${process.arch}` };
  const flags = ['--port', '0', '--hardfork', 'cancun', '--disable-block-gas-limit', '--accounts', '1'];
  const child = spawn(path, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
  let peer: Anvil | undefined;
  try {
    peer = new Anvil(child, await address(child), compileTokenLoop(), accounts);
    await peer.fund(funds);
    return peer;
  } catch (error) {
    child.kill('SIGKILL');
    return { name: 'anvil', missing: sentence(error) };
  }
}
