// A real terminal for tests and benches: one pane of a tmux of its own, driven over tmux's control mode, so that keys and
// screens need no process each. Where there is no tmux the caller skips.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export type PaneOptions = {
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Run by a shell. */
  readonly command: string;
};

type Answer = { readonly resolve: (lines: readonly string[]) => void; readonly reject: (error: Error) => void };

const POLL_MS = 25;

export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export class TmuxPane {
  readonly #folder: string;
  readonly #client: ChildProcessWithoutNullStreams;
  readonly #waiting: Answer[] = [];
  #reply: string[] | undefined;
  #onOutput: (() => void) | undefined;

  private constructor(folder: string, client: ChildProcessWithoutNullStreams) {
    this.#folder = folder;
    this.#client = client;
    createInterface({ input: client.stdout }).on('line', (line) => this.#take(line));
    client.once('exit', () => this.#fail());
  }

  static async open({ columns, rows, env, cwd, command }: PaneOptions): Promise<TmuxPane> {
    const folder = mkdtempSync(join(tmpdir(), 'rexnet-tmux-'));
    const base = ['-u', '-S', join(folder, 's'), '-f', '/dev/null'];
    const size = ['-x', `${columns}`, '-y', `${rows}`];
    const own = { ...process.env, ...env };
    execFileSync('tmux', [...base, 'new-session', '-d', ...size, '-c', cwd, command], { env: own });
    const pane = new TmuxPane(
      folder,
      spawn('tmux', [...base, '-C', 'attach-session', '-f', 'ignore-size'], { env: own }),
    );
    // The answer to attaching itself.
    await new Promise<readonly string[]>((resolve, reject) => pane.#waiting.push({ resolve, reject }));
    return pane;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#ask(`send-keys -l -- ${quoted(text)}`);
  }

  /** Keys by tmux's names: Enter, Escape, Down, C-c. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#ask(`send-keys ${keys.join(' ')}`);
  }

  async screen(): Promise<string> {
    return (await this.#ask('capture-pane -p')).join('\n');
  }

  /** A tmux format such as `#{pane_pid}`. */
  async ask(format: string): Promise<string> {
    return (await this.#ask(`display-message -p ${quoted(format)}`)).join('\n');
  }

  /** Looks until the screen is as wanted; throws with the last screen when it never is. */
  async until(isWanted: (screen: string) => boolean, what: string, maxMs: number): Promise<string> {
    const deadlineMs = performance.now() + maxMs;
    for (;;) {
      const screen = await this.screen();
      if (isWanted(screen)) return screen;
      if (performance.now() > deadlineMs) throw new Error(`${what} was not seen within ${maxMs} ms:\n${screen}`);
      await delay(POLL_MS);
    }
  }

  /** Milliseconds from a key to the first byte the program writes after it. */
  async answerTimeMs(key: string, maxMs: number): Promise<number> {
    const begunMs = performance.now();
    const answered = new Promise<number>((resolve) => {
      this.#onOutput = () => resolve(performance.now() - begunMs);
    });
    await this.press(key);
    const first = await Promise.race([answered, delay(maxMs, undefined, { ref: false })]);
    this.#onOutput = undefined;
    if (first === undefined) throw new Error(`no answer to ${key} within ${maxMs} ms`);
    return first;
  }

  /** Ends the pane, whatever runs in it, and its tmux. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#client.once('exit', resolve));
    if (this.#client.exitCode === null) {
      this.#client.stdin.write('kill-server\n');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask(command: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      if (this.#client.exitCode !== null) return reject(new Error('tmux has ended'));
      this.#waiting.push({ resolve, reject });
      this.#client.stdin.write(`${command}\n`);
    });
  }

  #take(line: string): void {
    if (line.startsWith('%begin ')) this.#reply = [];
    else if (line.startsWith('%end ') || line.startsWith('%error ')) {
      const answer = this.#waiting.shift();
      const reply = this.#reply ?? [];
      this.#reply = undefined;
      if (line.startsWith('%end ')) answer?.resolve(reply);
      else answer?.reject(new Error(`tmux: ${reply.join(' ')}`));
    } else if (this.#reply !== undefined) this.#reply.push(line);
    else if (line.startsWith('%output ')) this.#onOutput?.();
  }

  #fail(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('tmux has ended'));
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
