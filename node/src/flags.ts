// Flags of rxd: a table per command. Every flag may also come from REXNET_<FLAG>; the command line wins. Reads nothing else.
import { parseArgs } from 'node:util';

export class UsageError extends Error {
  readonly code = 'USAGE';
}

interface FlagRow {
  readonly value: 'text' | 'none';
  readonly required?: true;
  readonly fallback?: string;
  readonly help: string;
}

export const COMMANDS = {
  init: {
    summary: 'writes the genesis file of a testnet',
    flags: {
      spec: { value: 'text', required: true, help: 'testnet.yaml' },
      'governance-key': {
        value: 'text',
        required: true,
        help: 'public half of the key that signs map updates, 64 hex digits',
      },
      out: { value: 'text', required: true, help: 'folder to write genesis.bin into' },
    },
  },
  run: {
    summary: 'runs one node of one group',
    flags: {
      genesis: { value: 'text', required: true, help: 'genesis file' },
      data: { value: 'text', required: true, help: 'data folder, made when missing' },
      group: { value: 'text', required: true, help: 'group id' },
      peers: {
        value: 'text',
        required: true,
        help: 'file that lists the nodes of every group; read again when it changes',
      },
      grpc: { value: 'text', fallback: '127.0.0.1:7070', help: 'where users connect' },
      'peer-grpc': { value: 'text', fallback: '127.0.0.1:7071', help: 'where nodes and miners connect' },
      metrics: { value: 'text', fallback: '127.0.0.1:7072', help: 'where /metrics, /livez and /readyz answer' },
      miner: { value: 'text', help: 'address its blocks pay; the faucet account when absent' },
      faucet: { value: 'none', help: 'give test money to who asks' },
      'check-state': { value: 'none', help: 'compare live memory with the recorded history at every checkpoint' },
      'log-level': { value: 'text', fallback: 'info', help: 'error, warn, info, debug or silent' },
    },
  },
  mine: {
    summary: 'merge-mines all groups and the parent chain',
    flags: {
      genesis: { value: 'text', required: true, help: 'genesis file' },
      peers: { value: 'text', required: true, help: 'file that lists the nodes of every group' },
      bitcoind: { value: 'text', help: 'URL of the parent, such as http://127.0.0.1:18443' },
      'bitcoind-cookie': { value: 'text', help: 'its cookie file' },
      'toy-parent': { value: 'none', help: 'mine over a parent chain of our own instead' },
      cpu: { value: 'text', fallback: '10%', help: 'share of one core spent on grinding' },
      metrics: { value: 'text', fallback: '127.0.0.1:7073', help: 'where /metrics, /livez and /readyz answer' },
      'log-level': { value: 'text', fallback: 'info', help: 'error, warn, info, debug or silent' },
    },
  },
} as const satisfies Record<string, { summary: string; flags: Record<string, FlagRow> }>;

export type Command = keyof typeof COMMANDS;
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

export function isCommand(name: string | undefined): name is Command {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

/** Flags of a command from its arguments and the environment; throws UsageError. */
export function readFlags(
  command: Command,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Flags {
  const rows: Readonly<Record<string, FlagRow>> = COMMANDS[command].flags;
  const given = parse(rows, args);
  const flags: Record<string, string | boolean | undefined> = {};
  for (const [name, row] of Object.entries(rows)) {
    const inherited = environment[`REXNET_${name.toUpperCase().replaceAll('-', '_')}`];
    const value =
      given[name] ?? (row.value === 'none' ? inherited === '1' || inherited === 'true' : inherited) ?? row.fallback;
    if (row.required === true && (value === undefined || value === ''))
      throw new UsageError(`--${name} is missing: ${row.help}`);
    flags[name] = value;
  }
  return flags;
}

function parse(
  rows: Readonly<Record<string, FlagRow>>,
  args: readonly string[],
): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [
      name,
      { type: row.value === 'none' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export function helpText(): string {
  const lines = ['rxd: a node of Rexnet, and its merge miner', ''];
  for (const [command, { summary, flags }] of Object.entries(COMMANDS)) {
    lines.push(`rxd ${command}   ${summary}`);
    for (const [name, row] of Object.entries(flags as Record<string, FlagRow>)) {
      const value = row.value === 'text' ? ' VALUE' : '';
      const note =
        row.required === true ? ' (required)' : row.fallback === undefined ? '' : ` (default ${row.fallback})`;
      lines.push(`  --${name}${value}`.padEnd(28) + row.help + note);
    }
    lines.push('');
  }
  lines.push('Example: rxd run --genesis genesis.bin --data ./g0 --group 0 --peers peers.json --faucet');
  return lines.join('\n');
}

export function textFlag(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value !== 'string') throw new UsageError(`--${name} is missing`);
  return value;
}

/** `host:port`. */
export function addressFlag(flags: Flags, name: string): { host: string; port: number } {
  const value = textFlag(flags, name);
  const at = value.lastIndexOf(':');
  const port = Number(value.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--${name} ${value}: expected HOST:PORT`);
  return { host: value.slice(0, at), port };
}

export function integerFlag(flags: Flags, name: string, max: number): number {
  const value = textFlag(flags, name);
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > max)
    throw new UsageError(`--${name} ${value}: expected an integer from 0 to ${max}`);
  return number;
}
