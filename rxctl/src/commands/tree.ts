// rxctl tree: the whole network as a tree: testnet, groups, nodes, processes; and what it stands on.
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withSource } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type Io, print } from '../io.ts';
import type { Printable } from '../print.ts';
import type { Snapshot } from '../sources/source.ts';
import { type Paint, paintOf, type Style } from '../style.ts';
import { branchesOf, drawTree, type TreeLine } from '../tree-text.ts';
import { answerOf, groupHealth, type Health, nodeHealth } from '../views/health.ts';
import { bytes, percent, rate } from '../views/units.ts';

const STYLES: Readonly<Record<string, Style>> = { good: 'green', warn: 'yellow', bad: 'red', dim: 'dim' };

export function addTree(program: Command, io: Io): void {
  withCommon(program.command('tree').description('a network as a tree: groups, nodes, processes'))
    .addHelpText('after', '\nExamples:\n  rxctl tree\n  rxctl tree -o wide\n  rxctl tree -o json')
    .action((options: CommonOptions) =>
      withSource(io, options, async ({ source, format }) => {
        const snapshot = await source.look();
        print(
          io,
          format,
          printableTree(snapshot),
          (isWide) => drawTree(treeOf(snapshot, paintOf(io), isWide)),
          namesOf(snapshot),
        );
        return EXIT.ok;
      }),
    );
}

function treeOf(snapshot: Snapshot, paint: Paint, isWide: boolean): TreeLine {
  const { name, status, groups, nodes, parent, load, contracts } = snapshot;
  const answer = answerOf(snapshot);
  const mark = ({ icon, word, tone }: Health): string => paint(STYLES[tone] ?? 'bold', `${icon} ${word}`);
  return {
    text: `${paint('bold', name)}  ${mark(answer)}  groups ${status.groupsText}, nodes ${status.nodesText}`,
    children: [
      ...groups.map((group): TreeLine => {
        const figures = [`height ${group.height}`, `${group.partitions} partitions`];
        const more = isWide ? [`${rate(group.tps)} tps`, `state ${bytes(group.stateBytes)}`] : [];
        return {
          text: `group ${group.group}  ${mark(groupHealth(group, snapshot))}  ${[...figures, ...more].join(', ')}`,
          children: nodes
            .filter((node) => node.group === group.group)
            .map((node) => ({
              text: `${node.name}  ${mark(nodeHealth(node))}${node.height === undefined ? '' : `  height ${node.height}`}`,
              children: branchesOf(processText(node)),
            })),
        };
      }),
      {
        text: `parent  ${parent.kind === 'toy' ? 'toy chain' : 'bitcoind'} ${status.bitcoinText}`,
        children: branchesOf(
          `${parent.onChain} on chain, ${parent.orphan} orphan, ${parent.premature} premature parents of L2 blocks`,
        ),
      },
      ...contracts.map((contract) => ({
        text: `contract  ${contract.fullName ?? contract.name}  ${contract.state}`,
        children: branchesOf(contract.detail),
      })),
      ...(load === undefined
        ? []
        : [{ text: `load  ${load.workload}, ${rate(load.tps)} of ${rate(load.offeredTps)} tps`, children: [] }]),
    ],
  };
}

function processText({
  pid,
  pod,
  machine,
  cpuShare,
  rssBytes,
  restarts,
}: Snapshot['nodes'][number]): string | undefined {
  const what = pod !== undefined ? `pod ${pod}` : pid !== undefined ? `process ${pid}` : undefined;
  if (what === undefined) return undefined;
  const again = restarts === 0 ? '' : `, restarted ${restarts}×`;
  const cpu = cpuShare === undefined ? '' : `, ${percent(cpuShare)} of a core`;
  const use = rssBytes === undefined ? '' : `, ${bytes(rssBytes)}`;
  return `${what} on ${machine}${cpu}${use}${again}`;
}

function printableTree({ name, status, groups, nodes, parent, contracts, load }: Snapshot): Printable {
  return {
    kind: 'Testnet',
    name,
    phase: status.phase,
    children: groups.map((group) => ({
      kind: 'ConsensusGroup',
      name: `${name}-g${group.group}`,
      ...group,
      children: nodes
        .filter((node) => node.group === group.group)
        .map(({ conditions, ...node }) => ({
          kind: 'Node',
          ...node,
          conditions: conditions.map((each) => ({ ...each })),
        })),
    })),
    parent: { ...parent },
    contracts: contracts.map(({ functions, ...contract }) => ({
      ...contract,
      functions: (functions ?? []).map((each) => ({ ...each })),
    })),
    load: load === undefined ? null : { ...load },
  };
}

function namesOf({ name, groups, nodes }: Snapshot): readonly string[] {
  return [
    `testnet/${name}`,
    ...groups.flatMap(({ group }) => [
      `consensusgroup/${name}-g${group}`,
      ...nodes.flatMap((node) => (node.group === group ? [`node/${node.name}`] : [])),
    ]),
  ];
}
