// The rule files as Prometheus reads them, and a PrometheusRule of Kubernetes holds them: plain objects, no text.
import { OPERATOR_ALERT_RULES } from './operator-rules.ts';
import { ALERT_RULES, type AlertRule, expressionOf, RECORDING_RULES } from './rules.ts';

type Rule =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

export const RECORDING_FILE: RuleFile = {
  groups: [{ name: 'rexnet-recording', rules: RECORDING_RULES.map(({ record, expr }) => ({ record, expr })) }],
};

export const ALERTS_FILE = alertsFile('rexnet-alerts', ALERT_RULES);

/** For clusters only. */
export const OPERATOR_FILE = alertsFile('rexnet-operator', OPERATOR_ALERT_RULES);

function alertsFile(name: string, alerts: readonly AlertRule[]): RuleFile {
  const rules = alerts.map((rule) => ({
    alert: rule.alert,
    expr: expressionOf(rule),
    for: rule.for,
    labels: { severity: rule.severity },
    annotations: { summary: rule.summary, description: rule.description, action: rule.action },
  }));
  return { groups: [{ name, rules }] };
}
