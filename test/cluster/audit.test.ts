import { expect, test } from 'vitest';
import { auditedOf } from './audit.ts';
import { auditPolicy, OPERATOR_USER } from './built/audit-policy.ts';

const LINE = {
  verb: 'delete',
  user: { username: 'system:serviceaccount:kube-system:statefulset-controller' },
  objectRef: { resource: 'pods', namespace: 'demo', name: 'demo-g0-1' },
  responseStatus: { code: 200 },
  requestURI: '/api/v1/namespaces/demo/pods/demo-g0-1',
  requestReceivedTimestamp: '2026-11-21T22:00:00.250000Z',
};

test('a request is read back with who asked, for what and when', () => {
  expect(auditedOf(JSON.stringify(LINE))).toEqual({
    user: LINE.user.username,
    verb: 'delete',
    resource: 'pods',
    namespace: 'demo',
    name: 'demo-g0-1',
    code: 200,
    atMs: Date.parse('2026-11-21T22:00:00.250Z'),
  });
});

test.each([
  ['in the body', { requestObject: { gracePeriodSeconds: 0 } }, 0],
  ['in the address', { requestURI: `${LINE.requestURI}?gracePeriodSeconds=30` }, 30],
  ['nowhere', { requestObject: {} }, undefined],
])('grace stands %s', (_, more, seconds) => {
  expect(auditedOf(JSON.stringify({ ...LINE, ...more })).graceSeconds).toBe(seconds);
});

test('a part of an object is told from the object', () => {
  const objectRef = { ...LINE.objectRef, resource: 'testnets', subresource: 'status' };
  expect(auditedOf(JSON.stringify({ ...LINE, objectRef })).resource).toBe('testnets/status');
});

test('who ends pods is written, whoever it is, and of the rest what the operator writes', () => {
  const { rules } = JSON.parse(auditPolicy()) as { rules: { level: string; users?: string[]; verbs?: string[] }[] };
  expect(rules[0]).toEqual({
    level: 'Request',
    verbs: ['delete', 'deletecollection'],
    resources: [{ group: '', resources: ['pods'] }],
  });
  expect(rules.slice(1, -1).every(({ users }) => users?.join() === OPERATOR_USER)).toBe(true);
  expect(rules.at(-1)).toEqual({ level: 'None' });
});
