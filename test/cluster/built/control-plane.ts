// Starts the box with etcd, the API server, the controllers, the scheduler and the name server, and waits until it answers.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { until } from '../../local/until.ts';
import { auditPolicy } from './audit-policy.ts';
import { type Lifetime, openBox } from './box.ts';
import { copyCertificates, readCertificate } from './certificates.ts';
import {
  AUDIT_POLICY_PATH,
  apiServerCommand,
  COREFILE_PATH,
  controllerManagerCommand,
  corefile,
  dnsCommand,
  etcdCommand,
  kubeconfigPath,
  schedulerCommand,
} from './commands.ts';
import { FOLDERS, INSIDE, seenFromHere } from './folders.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { tryKubectl } from './kubectl.ts';
import { connect } from './network.ts';
import { apiServerUrl, type ClusterPlan } from './plan.ts';
import type { Starting } from './starting.ts';

const API_MAX_MS = 60_000;
const LOOK_EVERY_MS = 250;
const USERS = ['controller-manager', 'scheduler', 'dns', 'kwok'];

export type Making = {
  readonly plan: ClusterPlan;
  /** The folder of what was built. */
  readonly programs: string;
  readonly lifetime: Lifetime;
  readonly starting: Starting;
};

export async function startControlPlane({ plan, programs, lifetime, starting }: Making): Promise<void> {
  const { name } = plan.control;
  const { identity } = await openBox(name, programs, lifetime);
  await connect(plan, plan.control, identity);
  copyCertificates(FOLDERS.pki, readdirSync(FOLDERS.pki), seenFromHere(name, INSIDE.pki));
  for (const user of USERS) writeKubeconfig(plan, user, seenFromHere(name, kubeconfigPath(user)));
  writeFileSync(seenFromHere(name, COREFILE_PATH), corefile());
  writeFileSync(seenFromHere(name, AUDIT_POLICY_PATH), auditPolicy());
  await starting.start(name, etcdCommand(), apiServerCommand(plan));
  await starting.during(
    until({
      what: 'the API server',
      withinMs: API_MAX_MS,
      everyMs: LOOK_EVERY_MS,
      look: () => tryKubectl(['get', '--raw', '/readyz']),
      holds: ({ code }) => code === 0,
      tell: ({ stderr }) => stderr.trim(),
    }),
  );
  await starting.start(name, controllerManagerCommand(), schedulerCommand(), dnsCommand());
}

export function writeKubeconfig(plan: ClusterPlan, user: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const text = kubeconfigText({ server: apiServerUrl(plan), user, ...readCertificate(FOLDERS.pki, user) });
  writeFileSync(path, text, { mode: 0o600 });
}
