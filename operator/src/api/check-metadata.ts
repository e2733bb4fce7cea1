// What Kubernetes asks of the head of any object: fields it knows, labels and annotations of the right form. The name is checked by
// whoever knows the bounds of the kind.
import { isRecord, type Path, type Report } from './check.ts';
import { suggest } from './suggest.ts';

const FIELDS = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];
export const SUBDOMAIN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const SUBDOMAIN_MAX_LENGTH = 253;
const WORD = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const WORD_MAX_LENGTH = 63;
const WORD_FORM = `letters, digits, '-', '_' and '.', begin and end with a letter or digit, and have at most ${WORD_MAX_LENGTH} characters`;

export function checkMetadata(metadata: unknown, report: Report): void {
  if (!isRecord(metadata)) return;
  for (const key of Object.keys(metadata)) {
    if (FIELDS.includes(key)) continue;
    const meant = suggest(key, FIELDS);
    report.add({
      path: ['metadata', key],
      message: `metadata.${key} is no field of an object's metadata`,
      cure: meant === undefined ? 'remove it' : `did you mean metadata.${meant}?`,
    });
  }
  checkTexts('labels', metadata['labels'], report);
  checkTexts('annotations', metadata['annotations'], report);
}

function checkTexts(field: 'labels' | 'annotations', texts: unknown, report: Report): void {
  if (texts === undefined || texts === null) return;
  const path = ['metadata', field];
  if (!isRecord(texts)) {
    report.add({
      path,
      message: `metadata.${field} must be names with values`,
      cure: 'write name: value pairs below it',
    });
    return;
  }
  for (const [key, value] of Object.entries(texts)) {
    const at: Path = [...path, key];
    // Prefixes of annotations may have capitals.
    if (!isQualified(field === 'labels' ? key : key.toLowerCase()))
      report.add({
        path: at,
        message: `metadata.${field} has the name ${JSON.stringify(key)}, but names must consist of ${WORD_FORM}, after a domain and '/' if there is one`,
        cure: 'write a name such as team or example.com/team',
      });
    else if (typeof value !== 'string')
      report.add({
        path: at,
        message: `metadata.${field}.${key} is ${value === null ? 'empty' : `the ${typeof value} ${String(value)}`}, but must be text`,
        cure: 'put it in quotes',
      });
    else if (field === 'labels' && value !== '' && !isWord(value))
      report.add({
        path: at,
        message: `metadata.labels.${key} is ${JSON.stringify(value)}, but values of labels must consist of ${WORD_FORM}`,
        cure: 'write it in that form, or as an annotation',
      });
  }
}

function isQualified(name: string): boolean {
  const [word = '', prefix, ...more] = name.split('/').reverse();
  if (more.length > 0 || !isWord(word)) return false;
  return prefix === undefined || (prefix.length <= SUBDOMAIN_MAX_LENGTH && new RegExp(SUBDOMAIN).test(prefix));
}

function isWord(text: string): boolean {
  return text.length <= WORD_MAX_LENGTH && WORD.test(text);
}
