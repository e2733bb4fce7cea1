// rxctl audit: does the money of the whole network add up? Over a closed cut of all groups; with --deep, by re-executing the
// chains in data folders, which names every cell that is not what it should be.
import { resolve } from 'node:path';
import { deepReportText } from '@rexnet/node/chain/deep-report.ts';
import type { Command } from 'commander';
import { cutText } from '../closed-cut.ts';
import { baseOf, type CommonOptions, localFolders, verbOf, withCommon, withNetwork } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, note, print } from '../io.ts';
import { type AuditTarget, auditFolders, type DeepAuditResult, targetAt, targetsOf } from '../local/audit-folders.ts';
import { networkNames } from '../local/folders.ts';
import type { AuditReport } from '../network.ts';
import type { Format, Printable } from '../print.ts';
import { withProgress } from '../progress.ts';

type AuditOptions = CommonOptions & {
  readonly deep?: boolean;
  readonly fromSnapshot?: boolean;
  readonly genesis?: string;
};

const EXAMPLES = `
Examples:
  rxctl audit
  rxctl audit -o json
  rxctl audit --deep
  rxctl audit --deep g1-n0
  rxctl audit --deep ./copy-of-g1 --genesis .rexnet/demo/genesis.bin

With --deep the network need not run: stopped nodes' folders are read in place, of a running node's a copy is made first.
Exit code 5 when something does not add up or differs.`;

export function addAudit(program: Command, io: Io): void {
  withCommon(program.command('audit').description('add up all money of the network'))
    .argument('[where...]', 'with --deep: nodes or data folders; all nodes of the network when absent')
    .option('--deep', 're-execute the chains in data folders and name every record that differs')
    .option('--from-snapshot', 'with --deep: begin at the newest snapshots and believe what came before')
    .option('--genesis <file>', 'with --deep and a folder: genesis.bin of its network')
    .addHelpText('after', EXAMPLES)
    .action((where: readonly string[], options: AuditOptions) =>
      options.deep === true
        ? verbOf(io, options, (format) => deep(io, where, options, format))
        : online(io, where, options),
    );
}

function online(io: Io, where: readonly string[], options: AuditOptions): Promise<void> {
  if (where.length > 0 || options.fromSnapshot === true || options.genesis !== undefined) {
    return verbOf(io, options, async () => {
      throw new CliError(EXIT.usage, 'folders are audited by re-executing them', 'say --deep');
    });
  }
  return withNetwork(io, options, async ({ network, format }) => {
    const report = await withProgress(io, 'adding up over a closed cut of all groups', () => network.audit());
    print(io, format, shown(report), () => cutText(report));
    return report.clean ? EXIT.ok : EXIT.verdictNotMet;
  });
}

async function deep(io: Io, where: readonly string[], options: AuditOptions, format: Format): Promise<ExitCode> {
  if (options.kube === true && where.length === 0)
    throw new CliError(
      EXIT.usage,
      'data folders of a cluster lie in its pods, and --deep reads folders of this machine',
      'without --deep rxctl audit adds up the money of a cluster; a folder that was copied out: name it, with --genesis',
    );
  const folders = targets(io, where, options);
  let begun = 0;
  const result = await withProgress(io, 're-executing', (line) =>
    auditFolders(folders, {
      fromSnapshot: options.fromSnapshot === true,
      env: io.env,
      signal: io.signal,
      onStart: (node, copied) => {
        if (copied) note(io, `${node} runs: a copy of its folder is audited`);
        line.show({ text: `re-executing the chain of ${node}`, done: begun++, total: folders.length });
      },
    }),
  );
  print(io, format, shownDeep(result), () => deepText(result));
  return result.clean ? EXIT.ok : EXIT.verdictNotMet;
}

/** What looks like a path is one; other words are nodes of the local network. */
function targets(io: Io, where: readonly string[], options: AuditOptions): readonly AuditTarget[] {
  if (where.length === 0) return targetsOf(localFolders(io, options));
  const genesis = options.genesis === undefined ? undefined : resolve(io.cwd, options.genesis);
  return where.map((each) => {
    const known = /^[a-z0-9-]+$/.test(each) ? nodeNamed(io, each, options) : undefined;
    return known ?? targetAt(resolve(io.cwd, each), genesis);
  });
}

function nodeNamed(io: Io, name: string, options: AuditOptions): AuditTarget | undefined {
  if (networkNames(baseOf(io, options)).length === 0) return undefined;
  return targetsOf(localFolders(io, options)).find(({ node }) => node === name);
}

function shown(report: AuditReport): Printable {
  return { ...report, cut: report.cut.map((each) => ({ ...each })) };
}

function shownDeep({ clean, folders, cut, noCut }: DeepAuditResult): Printable {
  return {
    clean,
    nodes: folders.map(({ node, dir, copied, report }) => {
      const { cut: _rows, findings, tip, ...rest } = report;
      return { node, dir, copied, ...rest, tip: { ...tip }, findings: findings.map((each) => ({ ...each })) };
    }),
    cut: cut === undefined ? null : shown(cut),
    noCut,
  };
}

function deepText({ clean, folders, cut, noCut }: DeepAuditResult): string {
  const blocks = folders.map(({ node, report }) => `${node}: ${deepReportText(report)}`);
  const sums = cut === undefined ? `no sum over all groups: ${noCut}` : `all groups: ${cutText(cut)}`;
  return [...blocks, sums, clean ? 'clean' : 'NOT clean'].join('\n');
}
