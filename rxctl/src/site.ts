// Where a network is, and how it is reached there: on this machine or in a cluster, each answers in its own way. Types only.
import type { LogLine } from './log-lines.ts';
import type { NetworkPlace } from './network-place.ts';
import type { Source } from './sources/source.ts';

export interface Site {
  /** Of the network. */
  readonly name: string;
  readonly logs: Logs;
  /** Throws while there is nobody to talk to. */
  place(): Promise<NetworkPlace>;
  /** `scaling`: what `bench scale` wrote, or its folder. The source is closed by whoever asked for it. */
  openSource(scaling?: string): Promise<Source>;
  /** The process of this machine that looks after it. */
  supervisor(): number | undefined;
  /** What of a report only this kind of site has. */
  reportParts(): Promise<readonly ReportPart[]>;
  /** What keeps us from asking its nodes, as far as it can be known before. */
  obstacle(): Promise<Obstacle | undefined>;
  /** Of the network, as far as they are known here: to be taken out of what leaves this machine. */
  secrets(): readonly string[];
  close(): Promise<void>;
}

export type Obstacle = { readonly fact: string; readonly cure: string };

/** The words of its programs. */
export interface Logs {
  names(): Promise<readonly string[]>;
  /** Oldest first. */
  read(name: string, choice: LogChoice): Promise<readonly LogLine[]>;
  /** What comes from now on. */
  follow(name: string): LogStream;
}

export type LogChoice = {
  /** So many of the newest ones suffice; the others may be left out. */
  readonly newest: number;
  /** What it wrote before its last start. */
  readonly previous: boolean;
};

export interface LogStream {
  /** Raw lines since the last call. */
  next(): readonly string[];
  close(): void;
}

export type ReportPart = { readonly name: string; readonly make: () => Promise<string> | string };
