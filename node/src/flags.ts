// Flags of rxd: a table per command. Every flag may also come from REXNET_<FLAG>; the command line wins. Reads nothing else.
import { parseArgs } from 'node:util';
import { LOG_LEVELS } from './telemetry/log.ts';

export class UsageError extends Error {
  readonly code = 'USAGE';
}

interface FlagRow {
  readonly value: 'text' | 'none';
  readonly required?: true;
  readonly fallback?: string;
  readonly oneOf?: readonly string[];
  /** One letter that may stand for it. */
  readonly short?: string;
  /** A flag that cannot stand beside this one; said on the command line, it beats the other's environment variable. */
  readonly excludes?: string;
  /** What of the environment variable is meant for this flag, where another program reads the same name. */
  readonly inherits?: RegExp;
  readonly help: string;
}

interface CommandRow {
  readonly summary: string;
  readonly example: string;
  readonly flags: Readonly<Record<string, FlagRow>>;
}

const LOG_LEVEL = {
  value: 'text',
  fallback: 'info',
  oneOf: LOG_LEVELS,
  help: LOG_LEVELS.join(', '),
} as const satisfies FlagRow;

export const COMMANDS = {
  init: {
    summary: 'writes the genesis file of a testnet',
    example: `rxd init --spec testnet.yaml --governance-key ${'4f'.repeat(4)}… --out ./net`,
    flags: {
      spec: { value: 'text', required: true, help: 'testnet.yaml' },
      'governance-key': {
        value: 'text',
        required: true,
        help: 'public half of the key that signs map updates, 64 hex digits',
      },
      out: { value: 'text', required: true, help: 'folder to write genesis.bin into, made when missing' },
    },
  },
  run: {
    summary: 'runs one node of one group',
    example: 'rxd run --genesis net/genesis.bin --data ./g0 --group 0 --peers peers.json --faucet',
    flags: {
      genesis: { value: 'text', required: true, help: 'genesis file' },
      data: { value: 'text', required: true, help: 'data folder, made when missing' },
      group: {
        value: 'text',
        required: true,
        help: 'group id; a group that genesis does not name waits until a map update adds it',
      },
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
      'faucet-on': {
        value: 'text',
        help: 'as --faucet, and only where the host has this name: pods of a group start with the same flags',
      },
      'check-state': { value: 'none', help: 'compare live memory with the recorded history at every checkpoint' },
      'log-level': LOG_LEVEL,
    },
  },
  mine: {
    summary: 'merge-mines all groups and the parent chain',
    example:
      'rxd mine --genesis net/genesis.bin --peers peers.json --bitcoind http://127.0.0.1:18443 --bitcoind-cookie btc/regtest/.cookie',
    flags: {
      genesis: { value: 'text', required: true, help: 'genesis file' },
      peers: {
        value: 'text',
        required: true,
        help: 'file that lists the nodes of every group; read again when it changes',
      },
      bitcoind: {
        value: 'text',
        inherits: /^https?:/,
        help: 'URL of the parent, such as http://127.0.0.1:18443; may hold user:password',
      },
      'bitcoind-cookie': { value: 'text', help: 'its cookie file' },
      'toy-parent': { value: 'none', excludes: 'bitcoind', help: 'mine over a parent chain of our own instead' },
      cpu: { value: 'text', fallback: '10%', help: 'share of one core spent on grinding, such as 10% or 0.1' },
      metrics: { value: 'text', fallback: '127.0.0.1:7073', help: 'where /metrics, /livez and /readyz answer' },
      'skip-beats': {
        value: 'text',
        help: 'test flag: GROUP:N leaves the group out of every N-th beat, so that a bench has something to find',
      },
      'log-level': LOG_LEVEL,
    },
  },
  audit: {
    summary: 're-executes the chain of a data folder and names every record that differs',
    example: 'rxd audit --genesis net/genesis.bin --data ./g0 -o json',
    flags: {
      genesis: { value: 'text', required: true, help: 'genesis file' },
      data: { value: 'text', required: true, help: 'data folder of a stopped node, or a copy of one; only read' },
      'from-snapshot': { value: 'none', help: 'begin at the newest snapshot and believe what came before it' },
      copy: { value: 'none', help: 'audit a copy made in the temporary folder: for the folder of a running node' },
      output: {
        value: 'text',
        short: 'o',
        fallback: 'text',
        oneOf: ['text', 'json'],
        inherits: /^(text|json)$/,
        help: 'text, or one line of json',
      },
    },
  },
} as const satisfies Record<string, CommandRow>;

export type Command = keyof typeof COMMANDS;
export type Flags = Readonly<Record<string, string | boolean | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

export function isCommand(name: string | undefined): name is Command {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

/** Flags of a command from its arguments and the environment; throws UsageError. */
export function readFlags(command: Command, args: readonly string[], environment: Environment): Flags {
  const { flags: rows }: CommandRow = COMMANDS[command];
  const given = parse(command, rows, args);
  const muted = new Set<string>();
  for (const [name, { excludes }] of Object.entries(rows)) {
    if (excludes === undefined || given[name] === undefined) continue;
    if (given[excludes] !== undefined) throw new UsageError(`--${name} and --${excludes} exclude each other`);
    muted.add(excludes);
  }
  const flags: Record<string, string | boolean | undefined> = {};
  for (const [name, row] of Object.entries(rows)) {
    const value = given[name] ?? (muted.has(name) ? undefined : inherited(name, row, environment)) ?? row.fallback;
    if (row.required === true && (value === undefined || value === ''))
      throw new UsageError(`--${name} is missing: ${row.help}`);
    if (row.oneOf !== undefined && typeof value === 'string' && !row.oneOf.includes(value))
      throw new UsageError(`--${name} ${value}: expected one of ${row.oneOf.join(', ')}`);
    flags[name] = value;
  }
  return flags;
}

export function variableOf(name: string): string {
  return `REXNET_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** An empty variable counts as none: that is how manifests leave one out. */
function inherited(name: string, row: FlagRow, environment: Environment): string | boolean | undefined {
  const text = environment[variableOf(name)];
  if (text === undefined || text === '') return undefined;
  if (row.value === 'text') return row.inherits === undefined || row.inherits.test(text) ? text : undefined;
  return isSwitchedOn(variableOf(name), text) ? true : undefined;
}

/** What the environment variable of a flag without a value says; throws UsageError. */
export function isSwitchedOn(variable: string, text: string | undefined): boolean {
  if (text === undefined || text === '' || text === '0' || text === 'false') return false;
  if (text === '1' || text === 'true') return true;
  throw new UsageError(`${variable}=${text}: expected 1, true, 0 or false`);
}

function parse(
  command: Command,
  rows: Readonly<Record<string, FlagRow>>,
  args: readonly string[],
): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(rows).map(([name, { value, short }]) => [
      name,
      {
        type: value === 'none' ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    // Node adds advice about option syntax that nobody asked for.
    const [sentence = ''] = (cause instanceof Error ? cause.message : String(cause)).split('. ');
    throw new UsageError(`${sentence.replace(/\.$/, '')}; rxd ${command} --help lists the flags`, { cause });
  }
}

/** Of one command, or of all. */
export function helpText(only?: Command): string {
  const lines = only === undefined ? ['rxd: a node of Rexnet, and its merge miner', ''] : [];
  for (const [command, { summary, flags, example }] of Object.entries<CommandRow>(COMMANDS)) {
    if (only !== undefined && command !== only) continue;
    lines.push(`rxd ${command}   ${summary}`);
    for (const [name, row] of Object.entries(flags)) {
      const value = row.value === 'text' ? ' VALUE' : '';
      const note =
        row.required === true ? ' (required)' : row.fallback === undefined ? '' : ` (default ${row.fallback})`;
      const short = row.short === undefined ? '' : `-${row.short}, `;
      lines.push(`  ${short}--${name}${value}`.padEnd(28) + row.help + note);
    }
    lines.push(`  Example: ${example}`, '');
  }
  lines.push(
    'Every flag may come from the environment, --log-level as REXNET_LOG_LEVEL; the command line wins.',
    'Exit codes: 0 ok, 1 error, 2 usage or invalid file, 5 an audit that is not clean.',
  );
  return lines.join('\n');
}

export function textFlag(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value !== 'string') throw new UsageError(`--${name} is missing`);
  return value;
}

/** `host:port`; an IPv6 host stands in brackets. */
export function addressFlag(flags: Flags, name: string): { host: string; port: number } {
  const value = textFlag(flags, name);
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) throw new UsageError(`--${name} ${value}: expected HOST:PORT`);
  return { host, port };
}

export function integerFlag(flags: Flags, name: string, max: number): number {
  const value = textFlag(flags, name);
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > max)
    throw new UsageError(`--${name} ${value}: expected an integer from 0 to ${max}`);
  return number;
}

/** A share above 0 and at most 1, as `10%` or `0.1`. */
export function shareFlag(flags: Flags, name: string): number {
  const value = textFlag(flags, name);
  const [, digits, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(value) ?? [];
  const share = Number(digits) / (percent === '%' ? 100 : 1);
  if (!(share > 0 && share <= 1))
    throw new UsageError(
      `--${name} ${value}: expected a share of one core above 0 and at most 100%, such as 10% or 0.1`,
    );
  return share;
}
