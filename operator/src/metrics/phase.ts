// In one word how a Testnet is, from the conditions of its status: for metrics. Pure.
import type { Condition } from '../api/conditions.ts';
import type { Phase } from './metrics.ts';

export function phaseOf(conditions: readonly Condition[]): Phase {
  const holds = (type: string): boolean => conditions.some((one) => one.type === type && one.status === 'True');
  if (conditions.some(({ type, reason }) => type === 'Ready' && reason === 'Suspended')) return 'Suspended';
  if (holds('Ready')) return 'Healthy';
  if (holds('Stalled')) return 'Stalled';
  return holds('FirstBlock') ? 'Degraded' : 'Starting';
}
