// Programs that must go on running while a cluster comes up: whoever waits for something learns at once that one of them ended,
// and what it said last.
import { setTimeout as delay } from 'node:timers/promises';
import { logFile } from '../../../rxctl/src/local/child.ts';
import { tail } from '../../../rxctl/src/local/log-file.ts';
import { ClusterError } from '../errors.ts';
import { programName, startIn } from './box.ts';
import type { Command } from './commands.ts';
import { FOLDERS } from './folders.ts';

const LOG_LINES = 8;
const LOOK_EVERY_MS = 100;

export class Starting {
  /** Of programs that ended though nobody ended them. */
  readonly #ended: string[] = [];

  async start(box: string, ...commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      const { ended } = await startIn(box, command);
      void ended.then(() => this.#ended.push(programName(box, command.name)));
    }
  }

  /** What the work gives, unless a program ends before. */
  async during<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const watch = async (): Promise<never> => {
      while (!isOver && this.#ended.length === 0) await delay(LOOK_EVERY_MS);
      const [name = ''] = this.#ended;
      const said = tail(logFile(FOLDERS, name), LOG_LINES).join('\n');
      throw new ClusterError('START_FAILED', `${name} ended while the cluster came up: ${said}`);
    };
    try {
      return await Promise.race([work, watch()]);
    } finally {
      isOver = true;
      // It is given up, and fails when its own time is over.
      work.catch(() => undefined);
    }
  }
}
