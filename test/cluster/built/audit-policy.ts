// What the API server writes down of what it is asked: whoever ends a pod, with how much grace, and every write of the operator. The rest
// goes unwritten: a log of everything would be the most work of a test with hundreds of groups. Pure.

/** As install.yaml names it, and so its account for processes of a test too. */
export const OPERATOR_USER = 'system:serviceaccount:rexnet-system:rexnet-operator';

export function auditPolicy(): string {
  const pods = [{ group: '', resources: ['pods'] }];
  const deletions = ['delete', 'deletecollection'];
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      // How much grace is given stands in the body.
      { level: 'Request', verbs: deletions, resources: pods },
      { level: 'Request', users: [OPERATOR_USER], verbs: deletions },
      { level: 'Metadata', users: [OPERATOR_USER], verbs: ['create', 'update', 'patch'] },
      { level: 'None' },
    ],
  };
  // JSON is YAML.
  return `${JSON.stringify(policy, undefined, 2)}\n`;
}
