// What an operator of another version, which makes pods otherwise, left where this one would have made that workload.
import type { V1Deployment, V1Job, V1PodTemplateSpec, V1StatefulSet } from '@kubernetes/client-node';
import type { Asked } from '../asked.ts';
import { remembering } from '../kept-pods.ts';

export type Workload = V1Deployment | V1Job | V1StatefulSet;

export const ELSEWHERE = 'OF_ANOTHER_VERSION';

export function leftBehind<T extends Workload>(workload: T, asked: Asked): T {
  return remembering({ ...workload, spec: { ...workload.spec, template: otherwise(templateOf(workload)) } }, asked);
}

export function templateOf({ spec }: Workload): V1PodTemplateSpec {
  if (spec === undefined) throw new Error('a workload without spec');
  return spec.template;
}

function otherwise(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const [container, ...others] = template.spec?.containers ?? [];
  if (container === undefined) throw new Error('a pod without containers');
  const env = [...(container.env ?? []), { name: ELSEWHERE, value: '1' }];
  return { ...template, spec: { ...template.spec, containers: [{ ...container, env }, ...others] } };
}
