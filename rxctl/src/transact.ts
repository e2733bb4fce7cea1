// What all verbs that send a transaction share: gas options, waiting, and how the outcome is shown. Builds no bytes.
import { type Command, Option } from 'commander';
import type { CommonOptions, Context } from './context.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { type Io, print } from './io.ts';
import type { Action, Network, TransactionReport, TransactionState } from './network.ts';
import { FINAL_STATES } from './network.ts';
import { type Printable, table } from './print.ts';
import { ProgressLine } from './progress.ts';
import { untilState } from './wait.ts';

export type SendOptions = CommonOptions & {
  readonly from: string;
  readonly wait: string;
  readonly gas?: string;
  readonly gasPrice?: string;
};

const WAITS: Readonly<Record<string, readonly TransactionState[]>> = {
  none: [],
  included: ['Included', 'Running', 'Executed'],
  executed: ['Executed'],
  completed: FINAL_STATES,
};
const VALID_FOR_MS = 10 * 60_000;
/** A broadcast has a row for every partition. */
const ROWS_MAX = 20;

export function withSender(command: Command): Command {
  return command
    .addOption(
      new Option('--from <key>', 'who signs: a key of the keystore or a dev key').env('REXNET_FROM').default('alice'),
    )
    .addOption(
      new Option('--wait <state>', 'return when it is so far').choices(Object.keys(WAITS)).default('completed'),
    )
    .option('--gas <limit>', 'gas limit; estimated when absent')
    .option('--gas-price <msat>', 'price of a unit of gas; the network\u2019s floor when absent');
}

function parseCount(text: string, what: string): bigint {
  if (!/^[0-9]{1,19}$/.test(text))
    throw new CliError(EXIT.usage, `${what} ${text} is no whole number`, 'write digits only');
  return BigInt(text);
}

/** Signs, sends, waits as asked, shows what became of it. */
export async function transact(
  io: Io,
  { network, keys, format }: Context,
  options: SendOptions,
  action: Action,
): Promise<ExitCode> {
  const id = await network.submit(action, keys.signer(options.from), {
    validForMs: VALID_FOR_MS,
    ...(options.gas === undefined ? {} : { gasLimit: parseCount(options.gas, '--gas') }),
    ...(options.gasPrice === undefined ? {} : { gasPriceMsat: parseCount(options.gasPrice, '--gas-price') }),
  });
  const states = WAITS[options.wait] ?? FINAL_STATES;
  if (states.length === 0) {
    print(io, format, { id, state: 'Pending' }, () => `sent ${id}`);
    return EXIT.ok;
  }
  const report = await awaitTransaction(io, network, id, states);
  print(io, format, toPrintable(report), (isWide) => describeTransaction(report, isWide));
  return exitOf(report);
}

/** Waits as long as --timeout allows, and shows on stderr how far it is. */
export async function awaitTransaction(
  io: Io,
  network: Network,
  id: string,
  states: readonly TransactionState[] = FINAL_STATES,
): Promise<TransactionReport> {
  const line = new ProgressLine(io);
  try {
    return await untilState(network, id, states, {
      signal: io.signal,
      timeoutMs: io.timeoutMs,
      onSeen: (report) =>
        line.show(
          report === undefined
            ? { text: 'waiting for the transaction to be seen' }
            : { text: report.state, done: report.done, total: report.total },
        ),
    });
  } finally {
    line.end();
  }
}

/** A transaction that did not do what was asked is an error of the verb that asked. */
export function exitOf({ state }: TransactionReport): ExitCode {
  return state === 'Failed' || state === 'CompletedWithFailures' || state === 'Expired' || state === 'Refused'
    ? EXIT.error
    : EXIT.ok;
}

export function toPrintable(report: TransactionReport): Printable {
  return {
    ...report,
    group: report.group ?? null,
    height: report.height ?? null,
    invocations: report.invocations.map((each) => ({ ...each })),
  };
}

export function describeTransaction(report: TransactionReport, isWide: boolean): string {
  const { id, state, group, height, done, total, invocations, failure } = report;
  const place = group === undefined || height === undefined ? '' : ` in group ${group}, block ${height}`;
  const progress = state === 'Running' ? ` ${done}/${total}` : '';
  const gas = invocations.reduce((sum, each) => sum + each.gas, 0n);
  const head = [
    `${id}: ${state}${progress}${place}, ${invocations.length} invocations, ${gas} gas`,
    ...(failure === undefined ? [] : [`failed first: ${failure.id} ${failure.outcome}`]),
  ];
  const shown = isWide ? invocations : invocations.slice(0, ROWS_MAX);
  const rows = shown.map((each) =>
    [
      each.id.slice(0, isWide ? each.id.length : 12),
      each.group,
      each.height,
      each.contract,
      each.op,
      each.outcome,
      each.gas,
    ].map(String),
  );
  return [
    ...head,
    ...(rows.length === 0
      ? []
      : ['', table(['INVOCATION', 'GROUP', 'HEIGHT', 'CONTRACT', 'OP', 'OUTCOME', 'GAS'], rows)]),
    ...(shown.length === invocations.length
      ? []
      : [`and ${invocations.length - shown.length} more; -o wide shows all`]),
  ].join('\n');
}
