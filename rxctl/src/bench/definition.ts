// What a bench is: its flags, and how it runs with them. Types only.
import type { Command } from 'commander';
import type { MachineFacts } from './facts.ts';
import type { BenchReport } from './report.ts';
import type { Tools } from './tools.ts';

export interface Bench {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly addFlags: (command: Command) => Command;
  /** Throws CliError for flags that make no sense. */
  readonly run: (given: Given, tools: Tools, machine: MachineFacts) => Promise<BenchReport>;
}

/** Flags as commander read them. */
export type Given = Readonly<Record<string, unknown>>;
