// A miner with a flaw, for tests of what measures networks: one group is left out of every n-th beat. It is behind a test
// flag; nothing else mines worse than it can.
import type { Template, TemplateSource } from './ports.ts';

export interface SkippedBeats {
  readonly group: number;
  /** The last of so many beats is left out; at least 2. */
  readonly every: number;
}

/** The templates of `source`, with those of one group held back by a beat as often as is asked. */
export function skippingTemplates(
  source: TemplateSource,
  skipped: SkippedBeats,
  blockIntervalMs: number,
  heightOf: (template: Template) => number,
): TemplateSource {
  const isHeld = (template: Template): boolean => heightOf(template) % (skipped.every - 1) === 0;
  return {
    async *watch(group, signal) {
      for await (const template of source.watch(group, signal)) {
        yield group === skipped.group && template !== undefined && isHeld(template)
          ? { ...template, notBeforeMs: template.notBeforeMs + blockIntervalMs }
          : template;
      }
    },
    submit: (group, blockId, witness) => source.submit(group, blockId, witness),
    submitParentHeaders: (headers) => source.submitParentHeaders(headers),
  };
}

/** `3:2`: group 3, every second beat. Undefined for any other text. */
export function parseSkippedBeats(text: string): SkippedBeats | undefined {
  const [, group, every] = /^(\d{1,4}):(\d{1,4})$/.exec(text) ?? [];
  return group === undefined || Number(every) < 2 ? undefined : { group: Number(group), every: Number(every) };
}
