// What is known of one node: its process, its chain, what it complains about, what happened to it.
import type { NodeSight } from '../sources/source.ts';
import { eventLine } from './events.ts';
import { nodeHealth } from './health.ts';
import { clean, type Line, plain, toned } from './line.ts';
import type { Model } from './model.ts';
import { type Fact, facts, heading, type Pane } from './pane.ts';
import { bytes, count, percent, UNKNOWN } from './units.ts';

const FACT_COLUMNS = 34;
const ID_CHARS = 16;

export function nodeDetail({ snapshot }: Model, name: string, width: number, height: number): Pane {
  const node = snapshot.nodes.find((each) => each.name === name);
  if (node === undefined)
    return { title: `NODE ${clean(name)}`, lines: [[toned('dim', 'There is no such node any more; esc goes back.')]] };
  const happened = snapshot.events.filter(({ object }) => object === name).toReversed();
  const upper: readonly Line[] = [
    ...facts(factsOf(node), width, FACT_COLUMNS),
    [],
    heading(
      'CONDITIONS',
      node.height === undefined ? 'unknown: it does not answer' : node.conditions.length === 0 ? 'none' : '',
    ),
    ...node.conditions.map(
      (condition): Line => [
        toned('warn', `  ${clean(condition.type)} ${clean(condition.reason)}`),
        plain(`  ${clean(condition.message)}`),
      ],
    ),
    [],
    heading(`EVENTS ${happened.length}`, 'l: log'),
  ];
  return {
    title: `NODE ${clean(name)}`,
    note: nodeHealth(node).word,
    hasFocus: true,
    lines: [...upper, ...happened.slice(0, Math.max(0, height - upper.length)).map(eventLine)],
  };
}

function factsOf(node: NodeSight): readonly Fact[] {
  const { icon, tone, word } = nodeHealth(node);
  return [
    { label: 'state', value: [toned(tone, `${icon} ${word}`)] },
    { label: 'group', value: `${node.group}` },
    { label: 'machine', value: clean(node.machine) },
    { label: 'process', value: node.pid === undefined ? node.process : `${node.pid}` },
    { label: 'restarts', value: `${node.restarts}` },
    { label: 'cpu', value: node.cpuShare === undefined ? UNKNOWN : `${percent(node.cpuShare)} of a core` },
    { label: 'memory', value: bytes(node.rssBytes) },
    { label: 'height', value: node.height === undefined ? UNKNOWN : `${node.height}` },
    { label: 'tip', value: node.tipId?.slice(0, ID_CHARS) ?? UNKNOWN },
    { label: 'state root', value: node.stateRoot?.slice(0, ID_CHARS) ?? UNKNOWN },
    { label: 'pool', value: node.pool === undefined ? UNKNOWN : `${count(node.pool)} waiting` },
    { label: 'queue', value: node.queuedRelays === undefined ? UNKNOWN : `${count(node.queuedRelays)} relays` },
    { label: 'peers', value: node.peers === undefined ? UNKNOWN : `${node.peers}` },
    { label: 'version', value: clean(node.version ?? UNKNOWN) },
  ];
}
