// rxctl events: what happened to a network, oldest first: restarts, conditions that changed, reorganisations; -f goes on.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withSource } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type Io, note, print } from '../io.ts';
import type { Format } from '../print.ts';
import { table } from '../print.ts';
import { looksOf } from '../sources/looks.ts';
import type { EventSight } from '../sources/source.ts';
import { paintOf } from '../style.ts';
import { clock } from '../views/units.ts';

type EventOptions = CommonOptions & { readonly follow?: true };

const LOOK_MS = 500;
const NOT_ALL = 'you may not look at events of the cluster, only what looking shows is told; the role view has them';
const OBJECT_CHARS = 10;
const REASON_CHARS = 20;

export function addEvents(program: Command, io: Io): void {
  withCommon(program.command('events').description('what happened to a network'))
    .option('-f, --follow', 'go on until Ctrl-C')
    .addHelpText(
      'after',
      '\nExamples:\n  rxctl events\n  rxctl events -f\n  rxctl events -f -o json    one JSON object a line',
    )
    .action((options: EventOptions) =>
      withSource(io, options, async ({ source, format }) => {
        const shown = new Set<string>();
        let isTold = false;
        for await (const { events, unseen = [] } of looksOf(io, source, LOOK_MS)) {
          if (!isTold && unseen.includes('events')) note(io, NOT_ALL);
          isTold = true;
          if (options.follow !== true) {
            print(
              io,
              format,
              events.map((event) => ({ ...event })),
              () => eventsText(events),
              events.map(({ object, reason }) => `${object}/${reason}`),
            );
            break;
          }
          const keys = new Set(events.map(keyOf));
          for (const event of events) if (!shown.has(keyOf(event))) showEvent(io, event, format);
          // What the source has forgotten need not be remembered here.
          for (const key of shown) if (!keys.has(key)) shown.delete(key);
          for (const key of keys) shown.add(key);
        }
        return EXIT.ok;
      }),
    );
}

function keyOf(event: EventSight): string {
  return JSON.stringify(event);
}

function eventsText(events: readonly EventSight[]): string {
  if (events.length === 0) return 'nothing has happened yet';
  return table(
    ['TIME (UTC)', 'TYPE', 'OBJECT', 'REASON', 'MESSAGE'],
    events.map(({ atMs, type, object, reason, message }) => [clock(atMs), type, object, reason, message]),
  );
}

function showEvent(io: Io, event: EventSight, format: Format): void {
  const { atMs, type, object, reason, message } = event;
  if (format === 'json' || format === 'yaml') {
    io.stdout.write(`${JSON.stringify(event)}\n`);
    return;
  }
  const what = paintOf(io)(type === 'Warning' ? 'yellow' : 'dim', reason.padEnd(REASON_CHARS));
  io.stdout.write(`${clock(atMs)}  ${object.padEnd(OBJECT_CHARS)}  ${what}  ${message}\n`);
}
