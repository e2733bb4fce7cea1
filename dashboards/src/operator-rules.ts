// The alerts about the operator itself, as data. They are for a Prometheus in a cluster: the chart has them, a laptop has no
// operator. Series carry the labels a ServiceMonitor adds: namespace, job.
import type { AlertRule } from './rules.ts';

const LEADING = 'rexnet_operator_leading';
const FAILED = 'rexnet_operator_reconciles_total{result="error"}';
/** An operator that has not been seen for so long is one of which no name is known any more. */
const REMEMBERED = '1h';
/** Longer than the longest pause before a key is tried again, so that what goes on failing is seen all the time. */
const FAILING_WINDOW = '20m';

/** Of the replicas of an operator. */
function perOperator(vector: string): string {
  return `max by (namespace, job) (${vector})`;
}

export const OPERATOR_ALERT_RULES: readonly AlertRule[] = [
  {
    alert: 'OperatorDown',
    severity: 'critical',
    symptoms: [
      // All replicas wait for a Lease that nobody holds.
      { value: perOperator(LEADING), alarms: '== 0' },
      // None answers any more.
      { value: perOperator(`last_over_time(${LEADING}[${REMEMBERED}])`), alarms: `unless ${perOperator(LEADING)}` },
      // None has answered for long.
      { value: `absent(max_over_time(${LEADING}[${REMEMBERED}]))`, alarms: '> 0' },
    ],
    for: '1m',
    summary: 'No Rexnet operator works{{ with $labels.namespace }} in {{ . }}{{ end }}',
    description:
      'Testnets and their chains run on. Nothing that is created or changed has an effect, no time that is over ends a Testnet, and statuses are old.',
    action:
      'kubectl -n {{ with $labels.namespace }}{{ . }}{{ else }}rexnet-system{{ end }} get pods,leases, and the logs of its Deployment. Without an operator rxctl status --kube still tells what the nodes say. If it runs and is not scraped, look at the ServiceMonitor (monitoring.serviceMonitor and monitoring.labels of the chart).',
  },
  {
    alert: 'ReconcileErrors',
    severity: 'warning',
    symptoms: [
      {
        value: `sum by (namespace, job, controller) (increase(${FAILED}[${FAILING_WINDOW}]))`,
        alarms: '> 0',
      },
    ],
    for: '25m',
    summary: 'The operator in {{ $labels.namespace }} goes on failing at a {{ $labels.controller }}',
    description:
      'At least one object is not brought to where its spec says, and every try ends with an error. Others are not held up.',
    action:
      'The logs of the operator name the object and the sentence of the API server (kubectl -n {{ $labels.namespace }} logs deployment/{{ $labels.job }}); kubectl get rexnet -A -o wide and rxctl why --kube show what it is missing. Forbidden means roles older than the operator: upgrade the chart as a whole.',
  },
];
