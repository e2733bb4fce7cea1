// rxctl why: what is the first thing that is not as it should be, what it comes from, and what to do.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withSource } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { type Io, inWordsOf, print } from '../io.ts';
import { lastWords } from '../log-lines.ts';
import type { Snapshot, Source } from '../sources/source.ts';
import { paintOf } from '../style.ts';
import { objectMeant, objectsOf, suspectsOf, type Why, whyOf } from '../why.ts';
import { describeWhy, printableWhy } from '../why-text.ts';

const LOG_LINES = 200;
/** What `rxctl up` said when it ended; older words are of another run. */
const LAST_LINES = 3;
const TRANSACTION_ID = /^[0-9a-f]{64}$/i;
const EXAMPLES = `
Examples:
  rxctl why                 the network: its first unmet condition
  rxctl why FirstBlock      one condition
  rxctl why g2              one group
  rxctl why g2-n0 -o json   one node

Exit code 4 when something is not as it should be.`;

export function addWhy(program: Command, io: Io): void {
  withCommon(program.command('why').description('why something is not as it should be, and what to do'))
    .argument('[object]', 'condition, group or node; the network when absent')
    .addHelpText('after', EXAMPLES)
    .action((object: string | undefined, options: CommonOptions) =>
      withSource(io, options, async ({ source, format }) => {
        const why = await explain(source, await source.look(), object);
        print(io, format, printableWhy(why), () => inWordsOf(io, describeWhy(why, paintOf(io))), [why.object]);
        return why.isWell ? EXIT.ok : EXIT.degraded;
      }),
    );
}

/** Reads the logs that may know more, and puts the chain together. */
export async function explain(source: Source, snapshot: Snapshot, object: string | undefined): Promise<Why> {
  const suspects = [...new Set([...suspectsOf(snapshot), ...(object === undefined ? [] : [object])])];
  const logs = await Promise.all(
    suspects.map(
      // A log that cannot be read tells nothing, as one that is empty.
      async (name) =>
        [name, lastWords(await source.log(name, name === 'rxctl' ? LAST_LINES : LOG_LINES).catch(() => []))] as const,
    ),
  );
  const words = new Map(logs);
  const why = whyOf(snapshot, object, (name) => words.get(name));
  if (why !== undefined) return why;
  if (object !== undefined && TRANSACTION_ID.test(object))
    throw new CliError(
      EXIT.usage,
      `${object} is the id of a transaction`,
      `rxctl tx ${object} shows what became of it, and where each relay ran`,
    );
  const meant = object === undefined ? undefined : objectMeant(snapshot, object);
  throw new CliError(
    EXIT.usage,
    `there is no ${object} in ${snapshot.name}`,
    meant === undefined ? `ask about ${objectsOf(snapshot).slice(0, 12).join(', ')}` : `did you mean ${meant}?`,
  );
}
