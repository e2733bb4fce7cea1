// One Testnet document of a YAML file: what stands at a path, and on which line. It knows no field and judges no value.
import type { Document } from 'yaml';
import { InputError } from '../exit.ts';

export const API_VERSION = 'rexnet.dev/v1alpha1';
const FILE_CHARACTERS_MAX = 4 * 1024 * 1024;

export type Found =
  | { readonly kind: 'absent' }
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  /** `source`: as it is written, when it is written without quotes. */
  | { readonly kind: 'value'; readonly value: unknown; readonly source: string | undefined }
  | { readonly kind: 'list' };

export interface TestnetDocument {
  at(path: string): Found;
  /** `FILE:LINE:COLUMN` of the field's name, or of what should hold it. */
  place(path: string): string;
}

/** `file` is its name in messages. Throws InputError for what is no YAML or holds no Testnet. */
export async function parseTestnetDocument(file: string, text: string): Promise<TestnetDocument> {
  if (text.length > FILE_CHARACTERS_MAX)
    throw new InputError(`${file} has more than ${FILE_CHARACTERS_MAX} characters`, 'is it the right file?');
  const { isMap, isNode, isScalar, LineCounter, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const documents: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    const [sentence = ''] = error.message.split('\n');
    throw new InputError(`${place(error.pos[0])}: ${sentence}`, 'correct the YAML at this place');
  }
  const [testnet, ...others] = documents.filter(
    (document) => isMap(document.contents) && kindOf(document) === 'Testnet',
  );
  if (testnet === undefined || others.length > 0) {
    throw new InputError(
      `${file} holds ${testnet === undefined ? 'no Testnet' : 'more than one Testnet'}`,
      `one document of the file begins with apiVersion: ${API_VERSION} and kind: Testnet`,
    );
  }

  const nodeAt = (parts: readonly string[]): unknown =>
    parts.length === 0 ? testnet.contents : testnet.getIn([...parts], true);
  return {
    at: (path) => {
      const node = nodeAt(path.split('.'));
      if (isMap(node))
        return { kind: 'fields', names: node.items.map(({ key }) => String(isScalar(key) ? key.value : key)) };
      if (!isScalar(node)) return node === undefined ? { kind: 'absent' } : { kind: 'list' };
      return { kind: 'value', value: node.value, source: node.type === 'PLAIN' ? node.source : undefined };
    },
    place: (path) => {
      const parents = path.split('.');
      const name = parents.pop();
      const parent = nodeAt(parents);
      if (!isMap(parent)) return place(0);
      const key = parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === name)?.key;
      return place((isNode(key) ? key.range : parent.range)?.[0] ?? 0);
    },
  };
}

function kindOf(document: Document.Parsed): unknown {
  return document.get('kind');
}
