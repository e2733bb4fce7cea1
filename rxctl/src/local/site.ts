// A network of this machine as the verbs see it: its folder.
import { homedir } from 'node:os';
import type { Io } from '../io.ts';
import { type NetworkPlace, placeOfFiles } from '../network-place.ts';
import type { ReportPart, Site } from '../site.ts';
import type { Source } from '../sources/source.ts';
import type { Folders } from './folders.ts';
import { lockOwner } from './lock.ts';
import { LocalLogs } from './logs.ts';
import { secretsOf } from './secrets.ts';

export class LocalSite implements Site {
  readonly name: string;
  readonly logs: LocalLogs;
  readonly #io: Io;
  readonly #folders: Folders;

  constructor(io: Io, folders: Folders) {
    this.name = folders.root.split('/').at(-1) ?? '';
    this.logs = new LocalLogs(folders);
    this.#io = io;
    this.#folders = folders;
  }

  async place(): Promise<NetworkPlace> {
    return placeOfFiles(this.#folders);
  }

  async openSource(scaling?: string): Promise<Source> {
    const { openSource, openNetwork } = this.#io;
    const folders = this.#folders;
    if (openSource !== undefined) return openSource(folders);
    // Loaded only for who looks.
    const { laptopSource } = await import('../sources/laptop.ts');
    const network = await openNetwork(placeOfFiles(folders));
    return laptopSource({ folders, network, nowMs: Date.now, ...(scaling === undefined ? {} : { scaling }) });
  }

  supervisor(): number | undefined {
    return lockOwner(this.#folders.lock)?.pid;
  }

  async reportParts(): Promise<readonly ReportPart[]> {
    const { localParts } = await import('./bundle.ts');
    return localParts(this.#folders);
  }

  async obstacle(): Promise<undefined> {}

  secrets(): readonly string[] {
    return secretsOf(this.#folders, this.#io.env['HOME'] ?? homedir());
  }

  async close(): Promise<void> {}
}
