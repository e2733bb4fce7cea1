// What the API server of a built cluster wrote down of what it was asked, read back: who ended which pod, and what the operator wrote.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { OPERATOR_USER } from './built/audit-policy.ts';

/** One request, as far as audit-policy.ts lets it be written. */
export type Audited = {
  readonly user: string;
  readonly verb: string;
  /** As `pods` or `testnets/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly atMs: number;
  /** Of a deletion that names one. */
  readonly graceSeconds?: number;
};

type Event = {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly requestObject?: { readonly gracePeriodSeconds?: number };
};

/** Of requests that came at this time of the clock or later. */
export function auditedSince(log: string, sinceMs: number): readonly Audited[] {
  // What follows the last end of a line is still being written.
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map(auditedOf).filter(({ atMs }) => atMs >= sinceMs);
}

export function auditedOf(line: string): Audited {
  const { verb, user, objectRef = {}, responseStatus, requestObject, requestURI, ...rest } = JSON.parse(line) as Event;
  const { resource = '', subresource, namespace = '', name = '' } = objectRef;
  const inAddress = new URL(requestURI, 'https://server').searchParams.get('gracePeriodSeconds');
  const graceSeconds = requestObject?.gracePeriodSeconds ?? (inAddress === null ? undefined : Number(inAddress));
  return {
    user: user.username,
    verb,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name,
    code: responseStatus?.code ?? 0,
    atMs: Date.parse(rest.requestReceivedTimestamp),
    ...(graceSeconds === undefined ? {} : { graceSeconds }),
  };
}

/** Others did, so it would have been seen. */
export function expectNoDeletedPods(log: string, sinceMs: number): void {
  const audited = auditedSince(log, sinceMs);
  const byOperator = audited.filter(({ user }) => user === OPERATOR_USER);
  const deletions = audited.filter(({ verb, resource }) => resource === 'pods' && verb.startsWith('delete'));
  const users = Object.entries(Object.groupBy(deletions, ({ user }) => user));
  console.log(
    `audit: ${byOperator.length} writes of the operator; pods ended: ${users.map(([user, all = []]) => `${all.length} by ${user}`).join(', ')}`,
  );
  expect(byOperator.length).toBeGreaterThan(0);
  expect(deletions.length).toBeGreaterThan(0);
  expect(deletions.filter(({ user }) => user === OPERATOR_USER)).toEqual([]);
  expect(byOperator.filter(({ graceSeconds }) => graceSeconds === 0)).toEqual([]);
}
