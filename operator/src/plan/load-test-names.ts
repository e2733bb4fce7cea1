// What everything made for a LoadTest is called, and by which labels it is found. A name says which point it is of, fits where names of
// Testnets do, and is never that of another LoadTest, nor of an earlier one of the same name.
import { createHash } from 'node:crypto';
import { API_GROUP } from '../api/definition.ts';
import { NAME_MAX_LENGTH } from '../api/testnet.ts';
import { MANAGER } from './kube/labels.ts';
import type { Slot } from './load-test-slots.ts';

export type LoadTestId = { readonly namespace: string; readonly name: string; readonly uid: string };

export const LOAD_TEST_LABEL = {
  /** Of everything that is made for a LoadTest. */
  loadTest: `${API_GROUP}/loadtest`,
  /** The Testnet that is measured, on the Testnets of its points. */
  measures: `${API_GROUP}/measures`,
} as const;

const HASH_DIGITS = 8;
const FALLBACK = 'lt';

/** The Testnet of one reading, such as `curve-1f0c9a2e-r1x4`: round 1, 4 groups. */
export function pointName({ namespace, name, uid }: LoadTestId, { round, groups, attempt }: Slot): string {
  const hash = createHash('sha256').update(`${namespace}/${name}/${uid}`).digest('hex').slice(0, HASH_DIGITS);
  const again = attempt === 0 ? '' : `a${attempt}`;
  const ending = `-${hash}-r${round + 1}x${groups}${again}`;
  return `${beginningOf(name, NAME_MAX_LENGTH - ending.length)}${ending}`;
}

/** The ConfigMap with readings and artefacts. */
export function resultsName(loadTest: string): string {
  return `${loadTest}-loadtest`;
}

/** The ConfigMap with what the generators of a point are told. */
export function orderName(point: string): string {
  return `${point}-run`;
}

export function runName(point: string, generator: number): string {
  return `${point}-run-${generator}`;
}

export function loadTestLabels(loadTest: string, testnet: string): Record<string, string> {
  return {
    [LOAD_TEST_LABEL.loadTest]: loadTest,
    [LOAD_TEST_LABEL.measures]: testnet,
    'app.kubernetes.io/name': 'rexnet',
    'app.kubernetes.io/component': 'loadtest',
    'app.kubernetes.io/part-of': 'rexnet',
    'app.kubernetes.io/managed-by': MANAGER,
  };
}

/** A LoadTest may begin with a digit and have dots in its name; a Testnet may not. */
function beginningOf(name: string, length: number): string {
  const plain = name.replaceAll(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '');
  const beginning = plain.slice(0, length).replace(/-+$/, '');
  return beginning === '' ? FALLBACK : beginning;
}
