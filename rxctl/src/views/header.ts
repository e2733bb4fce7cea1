// The header pane: is it OK? Then the figures of the whole network. It is shown wherever a person goes.

import { spark } from './bars.ts';
import { answerOf } from './health.ts';
import { clean, ends, joined, type Line, plain, toned } from './line.ts';
import { type Model, networkTps, placeOf } from './model.ts';
import type { Head } from './pane.ts';
import { clock, count, duration, percent, rate } from './units.ts';

export const HEADER_LINES = 2;
const SPARK_COLUMNS = 12;

export function headerHead({ snapshot, isReplay }: Model): Head {
  const { atMs, startedAtMs, origin, name } = snapshot;
  const age = startedAtMs === undefined ? [] : [`up ${duration(atMs - startedAtMs)}`];
  return {
    title: `rexnet · ${name}`,
    note: [isReplay ? 'recording' : origin, ...age, `${clock(atMs)} UTC`].join(' · '),
    hasFocus: true,
  };
}

export function headerPane(model: Model, width: number): readonly Line[] {
  const { icon, tone, word, sentence } = answerOf(model.snapshot);
  const answer = [toned(tone, `${icon} ${word}`), plain(`  ${clean(sentence)}`)];
  return [ends(answer, badges(model), width), joined(figures(model), ' · ', width)];
}

function badges({ ui, trouble, snapshot: { unseen } }: Model): Line {
  const words = [
    ...(unseen === undefined ? [] : [`NO RIGHT TO SEE ${unseen.join(', ').toUpperCase()}`]),
    ...(trouble === undefined ? [] : ['NO ANSWER']),
    ...(ui.isPaused ? ['PAUSED'] : []),
    ...(ui.onlyFaults ? ['FAULTS ONLY'] : []),
    ...(placeOf(ui).filter === '' ? [] : [`/${placeOf(ui).filter}`]),
  ];
  return words.map((word) => toned('warn', ` ${word} `));
}

/** The most telling first: a narrow terminal leaves the last ones out. */
function figures({ snapshot, courses }: Model): readonly Line[] {
  const { status, load, scaling, parent, groups, epoch } = snapshot;
  const tps = load?.isRunning === true ? load.tps : networkTps(snapshot);
  const highest = Math.max(...courses.total, load?.isRunning === true ? load.offeredTps : 0);
  const offered = load?.isRunning === true ? [plain(` of ${rate(load.offeredTps)} offered`)] : [];
  const efficiency = scaling?.points.findLast(({ isValid }) => isValid)?.efficiency;
  const reorganisations = groups.reduce((sum, group) => sum + (group.reorganisations ?? 0), 0);
  return [
    [
      toned('strong', `${rate(tps)} tps`),
      plain(' '),
      toned('accent', spark(courses.total, SPARK_COLUMNS, highest)),
      ...offered,
    ],
    [toned(status.readyGroups < status.groups ? 'bad' : undefined, `${status.groupsText} groups`)],
    [toned(status.readyNodes < status.nodes ? 'bad' : undefined, `${status.nodesText} nodes`)],
    ...(load === undefined
      ? []
      : [
          [plain(`p95 ${duration(load.p95Ms)}`)],
          [plain(`p50 ${duration(load.p50Ms)}`)],
          [toned(load.failed > 0 ? 'warn' : undefined, `${count(load.failed)} failed`)],
        ]),
    [plain(parent.kind === 'toy' ? 'toy parent' : `btc#${parent.height ?? '?'}`)],
    ...(efficiency === undefined ? [] : [[plain(`efficiency ${efficiency.toFixed(2)}`)]]),
    ...(load === undefined
      ? []
      : [[plain(`${percent(load.crossGroupShare)} of relays cross`)], [plain(`${count(load.completed)} done`)]]),
    ...(reorganisations === 0
      ? []
      : [[toned('warn', `${count(reorganisations)} ${reorganisations === 1 ? 'reorganisation' : 'reorganisations'}`)]]),
    [plain(`epoch ${epoch}`)],
  ];
}
