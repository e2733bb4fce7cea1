// Causes of single parts: a node, a group, the miners. Each finds the chain below it and the cure it knows. Pure, part of why.ts.
import type { GroupSight, NodeSight, Snapshot } from './sources/source.ts';
import { groupHealth } from './views/health.ts';
import { duration } from './views/units.ts';

/** One step: this is so, because of the next. */
export type Link = { readonly object: string; readonly fact: string };
export type Found = { readonly chain: readonly Link[]; readonly cure?: string };

/** Last complaint of the log of an object; undefined when it has none. */
export type LastWords = (object: string) => string | undefined;

const START_AGAIN = 'look after it again: rxctl up';
const BEGIN_ANEW = 'wait a little; if its blocks are gone, begin anew: rxctl down --purge, then rxctl up';
const LAST_ERROR = /^error: (.*)$/;

/** Words of a log that name their own cure. */
const KNOWN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/EADDRINUSE/, 'another program took its port: rxctl down, then rxctl up, which chooses another'],
  [/ENOSPC|no space left/i, 'the disk is full: free some space; rxctl doctor shows how much there is'],
  [/EACCES|permission denied/i, 'its folder may not be written: give it back to your user'],
  [
    /out of memory|heap limit|bad_alloc|WebAssembly\.Memory/i,
    'memory is short: run fewer groups; rxctl doctor shows how much there is',
  ],
  [/another version of the compiler/i, 'check out the version it was made with, or begin anew: rxctl down --purge'],
];

/** What a log says last, and the cure when its words are known. */
export function logLink(object: string, lastWords: LastWords): Found {
  const words = lastWords(object);
  if (words === undefined) return { chain: [], cure: `rxctl logs ${object}` };
  return { chain: [{ object: `log of ${object}`, fact: words }], cure: cureOf(words) ?? `rxctl logs ${object}` };
}

function cureOf(words: string): string | undefined {
  return KNOWN_WORDS.find(([pattern]) => pattern.test(words))?.[1];
}

/** An empty chain when it runs, answers and is in sync. */
export function causeOfNode(snapshot: Snapshot, node: NodeSight, lastWords: LastWords): Found {
  const { name, process, pid, restarts, height, conditions, isInSync, peers } = node;
  if (process !== 'Running') {
    const hindrance = conditions.find(({ status }) => status === 'True');
    if (hindrance !== undefined)
      return found(
        [
          { object: name, fact: `is not running: ${hindrance.type}` },
          { object: hindrance.reason, fact: hindrance.message },
        ],
        undefined,
      );
    const again = restarts === 0 ? '' : `, after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
    return ended(snapshot, { object: name, fact: `is not running${again}` }, lastWords);
  }
  if (height === undefined) {
    const { chain, cure } = logLink(name, lastWords);
    const as = pid === undefined ? '' : ` as process ${pid}`;
    return found([{ object: name, fact: `runs${as} and does not answer` }, ...chain], cure);
  }
  const complaint = conditions.find(({ status }) => status === 'True');
  if (complaint !== undefined) {
    const [fact = complaint.message, cure] = complaint.message.split('; ');
    return found([{ object: name, fact: `complains of ${complaint.type}: ${fact}` }], cure);
  }
  if (isInSync !== false) return { chain: [] };
  const best = snapshot.groups.find(({ group }) => group === node.group)?.height ?? height;
  const isAlone = snapshot.nodes.every((other) => other === node || other.group !== node.group);
  if (isAlone && height >= best)
    return found(
      [{ object: name, fact: `is at height ${height}, and nobody else has the blocks of its group` }],
      BEGIN_ANEW,
    );
  const behind = { object: name, fact: `is at height ${height} and its group at ${best}` };
  return peers === 0
    ? found([behind, { object: name, fact: 'has no peers to fetch blocks from' }], `rxctl logs ${name}`)
    : found([behind], 'wait: it is fetching blocks');
}

/** An empty chain when it makes blocks and all its nodes do what they should. */
export function causeOfGroup(snapshot: Snapshot, group: GroupSight, lastWords: LastWords): Found {
  const object = `group ${group.group}`;
  const members = snapshot.nodes.filter((node) => node.group === group.group);
  const sick = members.find((node) => causeOfNode(snapshot, node, lastWords).chain.length > 0);
  const below = sick === undefined ? undefined : causeOfNode(snapshot, sick, lastWords);
  const { tone } = groupHealth(group, snapshot);
  const isMute = group.tipAgeMs === undefined;
  const isLate = group.height === 0 || (!isMute && tone === 'bad');
  if (!isLate && below === undefined) return { chain: [] };
  const fact = isMute
    ? 'has no node that answers'
    : group.height === 0
      ? 'has no block yet'
      : isLate
        ? `has been silent for ${duration(group.tipAgeMs)}`
        : group.readyNodes < group.nodes
          ? `has ${group.readyNodes} of ${group.nodes} nodes ready`
          : 'has a node in trouble';
  // Its nodes are well and it makes no block: the work does not come.
  const cause = below ?? causeOfMining(snapshot, lastWords);
  return found([{ object, fact }, ...cause.chain], cause.cure);
}

/** Why no work arrives, as far as the conditions and the miner's log tell. */
export function causeOfMining(snapshot: Snapshot, lastWords: LastWords): Found {
  const { status, parent } = snapshot;
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const bitcoin = status.conditions.find(({ type }) => type === 'BitcoinReady');
  if (ready?.reason === 'NoMiner')
    return found([{ object: 'spec.mining.miners', fact: 'is 0, so nobody searches' }], 'set it to 1, then rxctl up');
  if (ready?.reason === 'MinerNotRunning')
    return ended(snapshot, { object: 'miner-0', fact: 'is not running' }, lastWords);
  if (parent.kind === 'regtest' && bitcoin?.status !== 'True') {
    const { chain, cure } = logLink('bitcoind', lastWords);
    return found(
      [{ object: 'bitcoind', fact: 'does not answer, so the miner has no parent to work on' }, ...chain],
      cure,
    );
  }
  return { chain: logLink('miner-0', lastWords).chain };
}

/** Nobody restarts what ends; when the last `rxctl up` said why it ended, that comes first. */
export function unattended(lastWords: LastWords): Found {
  const said = LAST_ERROR.exec(lastWords('rxctl') ?? '')?.[1];
  if (said === undefined)
    return found([{ object: 'rxctl up', fact: 'does not run, so what ends stays down' }], START_AGAIN);
  return found([{ object: 'rxctl up', fact: `ended: ${said}` }], cureOf(said) ?? 'rxctl logs rxctl');
}

/** A process that is not there: its log says why it went, and somebody has to start it again. */
function ended({ isLookedAfter }: Snapshot, link: Link, lastWords: LastWords): Found {
  const { chain, cure } = logLink(link.object, lastWords);
  if (isLookedAfter) return found([link, ...chain], cure);
  const above = unattended(lastWords);
  return found([link, ...chain, ...above.chain], above.cure);
}

function found(chain: readonly Link[], cure: string | undefined): Found {
  return { chain, ...(cure === undefined ? {} : { cure }) };
}
