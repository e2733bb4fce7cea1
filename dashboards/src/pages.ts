// All dashboards, by the file they are checked in as.
import { GROUP } from './group.ts';
import { GROWTH } from './growth.ts';
import { MERGE_MINING } from './merge-mining.ts';
import { OVERVIEW } from './overview.ts';
import type { Page } from './panels.ts';

export const PAGES: ReadonlyMap<string, Page> = new Map([
  ['overview.json', OVERVIEW],
  ['growth.json', GROWTH],
  ['group.json', GROUP],
  ['merge-mining.json', MERGE_MINING],
]);
