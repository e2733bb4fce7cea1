// A LoadTest as a page: the same as that of bench scale on a laptop, as far as its status has figures for it. Pure.

import { renderPage, type Table } from '@rexnet/load/verdict/markdown.ts';
import { LABELS } from '@rexnet/load/verdict/scale-chart.ts';
import {
  LOAD_TEST,
  type LoadTestPoint,
  type LoadTestSpec,
  type LoadTestStatus,
} from '@rexnet/operator/api/load-test.ts';
import { parseObject } from '@rexnet/operator/api/parse.ts';
import type { KubeObject } from '@rexnet/operator/kube/resources.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import type { Printable } from '../print.ts';
import type { Step } from '../progress.ts';

export type LoadTestObject = KubeObject & { readonly spec?: unknown; readonly status?: LoadTestStatus };

const HEAD = ['groups', 'TPS', 'offered', 'efficiency', 'p50', 'p95', 'p99', 'crossing', 'valid'] as const;

/** Complete, or refused as it is asked for; what the cluster refuses, such as a pod beyond a quota, has no verdict and may go on. */
export function isOver({ metadata, status }: LoadTestObject): boolean {
  const { conditions = [], observedGeneration = 0, verdict } = status ?? {};
  const holds = (name: string): boolean => conditions.some(({ type, status: is }) => type === name && is === 'True');
  return (
    observedGeneration >= (metadata.generation ?? 0) &&
    (holds('Complete') || (holds('Failed') && verdict !== undefined))
  );
}

/** What it does now. */
export function stepOf({ metadata, status }: LoadTestObject): Step {
  const { pointText = '', conditions = [] } = status ?? {};
  const { message = 'no operator has looked at it yet' } = conditions.find(({ type }) => type === 'Complete') ?? {};
  const [, done, total] = /^([0-9]+)\/([0-9]+)$/.exec(pointText) ?? [];
  const text = `${metadata.name}: ${message}`;
  return done === undefined || total === undefined ? { text } : { text, done: Number(done), total: Number(total) };
}

export function exitOf({ status }: LoadTestObject): ExitCode {
  switch (status?.verdict) {
    case 'Linear':
      return EXIT.ok;
    case 'Sublinear':
      return EXIT.verdictNotMet;
    default:
      return EXIT.measurementInvalid;
  }
}

export function loadTestText(object: LoadTestObject): string {
  const { title, label, verdict, settings } = wordsOf(object);
  return renderPage({ title, label, verdict, tables: [tableOf(object.status?.points ?? [])], facts: settings });
}

export function printableLoadTest(object: LoadTestObject): Printable {
  const { status, metadata } = object;
  const { label, settings } = wordsOf(object);
  return {
    bench: 'scale',
    loadTest: metadata.name,
    verdict: status?.verdict ?? null,
    reason: status?.reason ?? null,
    label,
    points: (status?.points ?? []).map((point) => ({ ...point })),
    settings: Object.fromEntries(settings),
  };
}

type Words = {
  readonly title: string;
  readonly label: string;
  readonly verdict: string;
  readonly settings: readonly (readonly [name: string, value: string])[];
};

function wordsOf({ status, ...object }: LoadTestObject): Words {
  const { testnet, workload, groups, profile, crossGroupPercent, duration, warmUp, repeats } = specOf(object);
  const { verdict = 'Not over', reason = 'it is being measured' } = status ?? {};
  return {
    title: `${workload} on ${groups.join(', ')} groups`,
    label: LABELS[profile === 'Capped' ? 'capped' : 'open'],
    verdict: `${verdict}: ${reason}`,
    settings: [
      ['testnet', testnet],
      ['workload', workload],
      ['cross-group share asked for', crossGroupPercent === undefined ? 'natural' : `${crossGroupPercent} %`],
      ['window', `${duration} after a warm-up of ${warmUp}`],
      ['repeats', `${repeats}`],
    ],
  };
}

function specOf({ apiVersion, kind, metadata: { name }, spec }: LoadTestObject): LoadTestSpec {
  const parsed = parseObject<LoadTestSpec>(LOAD_TEST, { apiVersion, kind, metadata: { name }, spec });
  if ('object' in parsed) return parsed.object.spec;
  const [first] = parsed.problems;
  throw new CliError(
    EXIT.error,
    `LoadTest ${name} is of another version: ${first?.message ?? 'its spec is not understood'}`,
    'use the version that made it',
  );
}

function tableOf(points: readonly LoadTestPoint[]): Table {
  return {
    head: HEAD,
    rows: points.map((point) => {
      const { groups, tps, offered, efficiency, p50, p95, p99, crossGroupPercent, valid, invalidReason } = point;
      return [
        ...[String(groups), tps, offered, efficiency, p50, p95, p99].map((text) => text ?? ''),
        crossGroupPercent === undefined ? '' : `${crossGroupPercent.replace(/ ?%$/, '')} %`,
        valid === false ? `no: ${invalidReason ?? 'it does not say why'}` : valid === true ? 'yes' : '',
      ];
    }),
  };
}
