// The files a bench leaves: figures for programs, a page and a picture for people. It renders what it is given and decides
// nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Chart, drawChart } from '@rexnet/load/verdict/chart.ts';
import { type Page, renderPage } from '@rexnet/load/verdict/markdown.ts';

export interface Artefacts {
  /** Base of the file names. */
  readonly name: string;
  readonly json: unknown;
  readonly page: Omit<Page, 'chart'>;
  readonly chart?: Chart;
}

/** Answers the paths written. */
export function writeArtefacts(folder: string, { name, json, page, chart }: Artefacts): readonly string[] {
  const file = `${name}.svg`;
  const files: readonly (readonly [string, string])[] = [
    [`${name}.json`, `${JSON.stringify(json, undefined, 2)}\n`],
    [`${name}.md`, renderPage({ ...page, ...(chart === undefined ? {} : { chart: file }) })],
    ...(chart === undefined ? [] : [[file, drawChart(chart)] as const]),
  ];
  return writeFiles(folder, files);
}

/** Answers the paths; names of files come from us or from our operator. */
export function writeFiles(folder: string, files: readonly (readonly [string, string])[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return files.map(([each, contents]) => {
    const path = join(folder, basename(each));
    writeFileSync(path, contents);
    return path;
  });
}
