// A miner with a flaw, for tests of what measures networks: one group is left out of every n-th beat. It is behind a test
// flag; nothing else mines worse than it can.
import { toHex } from '../core/bytes.ts';
import { HEADER } from '../core/layouts.ts';
import type { Template, TemplateSource } from './ports.ts';

export interface SkippedBeats {
  readonly group: number;
  /** The last of so many beats is left out; at least 2. */
  readonly every: number;
}

/** The templates of `source`, with those of one group held back by a beat as often as is asked. */
export function skippingTemplates(
  source: TemplateSource,
  { group: skipped, every }: SkippedBeats,
  blockIntervalMs: number,
): TemplateSource {
  let parent = '';
  let untilMs = 0;
  /** A template that nobody mines is made anew, each later than the last: what is held back is the block, not each of them. */
  const held = (template: Template): Template => {
    const header = HEADER.decode(template.header);
    if (header.height % (every - 1) !== 0) return template;
    if (toHex(header.parent) !== parent) {
      parent = toHex(header.parent);
      untilMs = template.notBeforeMs + blockIntervalMs;
    }
    return { ...template, notBeforeMs: Math.max(template.notBeforeMs, untilMs) };
  };
  return {
    async *watch(group, signal) {
      for await (const template of source.watch(group, signal)) {
        yield group === skipped && template !== undefined ? held(template) : template;
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
