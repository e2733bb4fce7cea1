// rxctl report: everything somebody needs who shall help, in one file, and nothing that must stay on this machine.
import { writeFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type CommonOptions, siteOf, withCommon } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { type Io, print, runVerb } from '../io.ts';
import { withProgress } from '../progress.ts';
import { Anonymiser, scrub } from '../redact.ts';
import { collectBundle } from '../report-bundle.ts';
import type { Site } from '../site.ts';
import { bytes } from '../views/units.ts';
import { type ZipEntry, zip } from '../zip.ts';

type ReportOptions = CommonOptions & { readonly redact?: true; readonly out?: string };

const FORMATS = ['zip', 'json', 'yaml', 'name'];
const OWNER_ONLY = 0o600;
const EXAMPLES = `
Examples:
  rxctl report                     writes rexnet-<network>-<time>.zip
  rxctl report --redact            for strangers: no names of people, machines, accounts
  rxctl report --out bug.zip
  rxctl report -o json             one object: file name to text

Keys, cookies and the governance secret are never in it, with and without --redact.`;

export function addReport(program: Command, io: Io): void {
  const command = withCommon(program.command('report').description('put together what somebody needs who shall help'));
  const output = command.options.find(({ long }) => long === '--output');
  output?.default('zip').choices(FORMATS);
  if (output !== undefined) output.description = 'an archive, or what is in it';
  command
    .addOption(new Option('--redact', 'take out names of people, machines and accounts as well'))
    .option('--out <file>', 'where the archive goes')
    .addHelpText('after', EXAMPLES)
    .action((options: ReportOptions) => runVerb(io, options, () => report(io, options)));
}

async function report(io: Io, options: ReportOptions): Promise<0> {
  const site = await siteOf(io, options);
  try {
    return await write(io, site, options);
  } finally {
    await site.close();
  }
}

async function write(io: Io, site: Site, options: ReportOptions): Promise<0> {
  const at = new Date();
  const entries = cleaned(io, site, await collect(io, site, at), options.redact === true);
  if (options.output === 'name') {
    io.stdout.write(entries.map(({ name }) => `${name}\n`).join(''));
    return EXIT.ok;
  }
  if (options.output === 'json' || options.output === 'yaml') {
    print(io, options.output, Object.fromEntries(entries.map(({ name, text }) => [name, text])), () => '');
    return EXIT.ok;
  }
  const file = options.out ?? `rexnet-${site.name}-${at.toISOString().slice(0, 19).replaceAll(':', '')}.zip`;
  const archive = zip(entries, at);
  try {
    writeFileSync(resolve(io.cwd, file), archive, { mode: OWNER_ONLY });
  } catch (cause) {
    throw new CliError(EXIT.error, `${file} cannot be written`, 'name another file: --out', { cause });
  }
  io.stdout.write(`${file}: ${entries.length} files, ${bytes(archive.length)}\n`);
  return EXIT.ok;
}

async function collect(io: Io, site: Site, at: Date): Promise<readonly ZipEntry[]> {
  const source = await site.openSource();
  try {
    return await withProgress(io, 'collecting', (line) =>
      collectBundle({
        site,
        source,
        at,
        onStep: (text, done, total) => line.show({ text, done, total }),
      }),
    );
  } finally {
    await source.close();
  }
}

/** Secrets go out of every text, whatever it is; names when asked. */
function cleaned(io: Io, site: Site, entries: readonly ZipEntry[], isRedacted: boolean): readonly ZipEntry[] {
  const home = io.env['HOME'] ?? homedir();
  const secrets = site.secrets();
  const names = new Anonymiser({ home, user: userInfo().username, host: hostname() });
  return entries.map(({ name, text }) => {
    const safe = scrub(text, secrets);
    return { name, text: isRedacted ? names.apply(safe) : safe };
  });
}
