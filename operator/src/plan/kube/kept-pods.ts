// Pods stay as they were made while nobody asks for others: a newer operator may make them otherwise (probes, settings, volumes), and must
// restart nothing that runs. So every workload remembers its pods, and what was asked for when they were made. Pure.
import { createHash } from 'node:crypto';
import type { V1Deployment, V1Job, V1PodTemplateSpec, V1StatefulSet } from '@kubernetes/client-node';
import { isRecord } from '../../api/check.ts';
import type { Asked } from './asked.ts';
import type { Made } from './input.ts';

type Workload = V1Deployment | V1Job | V1StatefulSet;
/** What the server shows of an object. */
type Live = {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
};

/** Annotations of the workload, not of its pods: those would restart for them. */
export const PODS_ASKED = 'rexnet.dev/pods-asked';
export const PODS_MADE = 'rexnet.dev/pods-made';
/** The server takes 256 KiB of annotations. A template that has no room is not remembered, and a newer operator rolls it. */
const MADE_MAX_LENGTH = 64 * 1_024;
const HASH_DIGITS = 16;

/** With what a later operator has to know: hashes of what is asked for and of the template, and the template. */
export function remembering<T extends Workload>(workload: T, asked: Asked): T {
  const { metadata, spec } = workload;
  const made = canonical(spec?.template);
  if (made.length > MADE_MAX_LENGTH) return workload;
  const annotations = { [PODS_ASKED]: `${hashOf(canonical(asked))}.${hashOf(made)}`, [PODS_MADE]: made };
  return { ...workload, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...annotations } } };
}

/** The wish itself; where an earlier operator made other pods for what is still asked for, the wish with those pods. */
export function keepingPods<T extends Made>(wish: T, existing: readonly Live[]): T {
  const made = wish.metadata?.annotations?.[PODS_MADE];
  if (made === undefined) return wish;
  const same = existing.filter((live) => isSame(wish, live));
  if (same.some(({ metadata }) => metadata.annotations?.[PODS_MADE] === made)) return wish;
  for (const live of same) {
    const kept = keptOf(wish as Workload, live);
    if (kept !== undefined) return kept as T;
  }
  return wish;
}

/** A Job cannot change, so other pods are another Job; what one did for what is still asked for is done, whatever its name. */
function isSame({ kind, metadata }: Made, live: Live): boolean {
  return kind === live.kind && (kind === 'Job' || metadata?.name === live.metadata.name);
}

type Last = { readonly asked: string; readonly made: string; readonly kept: Workload | undefined };
/** Of a wish that is planned again and again: found out once, and always the same object, which is applied once. */
const lasts = new WeakMap<Workload, Last>();

function keptOf(wish: Workload, { metadata: { name, annotations } }: Live): Workload | undefined {
  const { [PODS_ASKED]: asked = '', [PODS_MADE]: made = '' } = annotations ?? {};
  const last = lasts.get(wish);
  if (last?.asked === asked && last.made === made) return last.kept;
  const template = rememberedTemplate(wish, asked, made);
  const kept = template === undefined ? undefined : withPods(wish, name, { asked, made, template });
  lasts.set(wish, { asked, made, kept });
  return kept;
}

/** None where something else was asked for, or where somebody has meddled with what was remembered. */
function rememberedTemplate({ metadata }: Workload, asked: string, made: string): V1PodTemplateSpec | undefined {
  const [wanted] = (metadata?.annotations?.[PODS_ASKED] ?? '').split('.');
  return asked === `${wanted}.${hashOf(made)}` ? parseTemplate(made) : undefined;
}

function parseTemplate(text: string): V1PodTemplateSpec | undefined {
  try {
    const template: unknown = JSON.parse(text);
    return isRecord(template) ? template : undefined;
  } catch {
    return undefined;
  }
}

function withPods(
  { metadata, ...rest }: Workload,
  name: string,
  { asked, made, template }: { readonly asked: string; readonly made: string; readonly template: V1PodTemplateSpec },
): Workload {
  const annotations = { ...metadata?.annotations, [PODS_ASKED]: asked, [PODS_MADE]: made };
  return { ...rest, metadata: { ...metadata, name, annotations }, spec: { ...rest.spec, template } } as Workload;
}

/** In whatever order an operator writes its fields, they are the same pods. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
}
