// Who proves to be whom in a built cluster: a table of certificates, and openssl to make them. They are good for a month.
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../program.ts';
import { API_SERVICE_ADDRESS, type ClusterPlan } from './plan.ts';

export type Identity = {
  /** Of its files, NAME.crt and NAME.key. */
  readonly name: string;
  /** As openssl writes it: /O=GROUP/CN=USER. */
  readonly subject: string;
  /** What others call it by: DNS:… or IP:…. */
  readonly callings: readonly string[];
};

const DAYS = 30;
const EVERYTHING = '/O=system:masters';

export function identities({ control, machines }: ClusterPlan): readonly Identity[] {
  const caller = (name: string, subject: string): Identity => ({ name, subject, callings: [] });
  return [
    {
      name: 'apiserver',
      subject: '/CN=kube-apiserver',
      callings: [
        ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'].map((name) => `DNS:${name}`),
        ...[control.address, API_SERVICE_ADDRESS, '127.0.0.1'].map((address) => `IP:${address}`),
      ],
    },
    caller('apiserver-to-kubelet', `${EVERYTHING}/CN=kube-apiserver`),
    caller('front-proxy', '/CN=front-proxy'),
    caller('admin', `${EVERYTHING}/CN=admin`),
    caller('controller-manager', '/CN=system:kube-controller-manager'),
    caller('scheduler', '/CN=system:kube-scheduler'),
    caller('proxy', '/CN=system:kube-proxy'),
    caller('dns', `${EVERYTHING}/CN=dns`),
    caller('kwok', `${EVERYTHING}/CN=kwok`),
    ...machines.map(({ name, address }) => ({
      name,
      subject: `/O=system:nodes/CN=system:node:${name}`,
      callings: [`DNS:${name}`, `IP:${address}`],
    })),
  ];
}

/** openssl's settings for one certificate: its own defaults differ from machine to machine. */
export function opensslConfig(extensions: readonly string[]): string {
  return `[req]\ndistinguished_name = subject\nx509_extensions = extensions\n[subject]\n[extensions]\n${extensions.join('\n')}\n`;
}

export function extensionsOf({ callings }: Identity): readonly string[] {
  return [
    'basicConstraints = critical, CA:FALSE',
    'extendedKeyUsage = serverAuth, clientAuth',
    ...(callings.length === 0 ? [] : [`subjectAltName = ${callings.join(', ')}`]),
  ];
}

const AUTHORITY = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign'];

/** Writes every certificate and key into a folder. */
export async function makeCertificates(folder: string, all: readonly Identity[]): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await certify(folder, 'ca', '/CN=rexnet-cluster', AUTHORITY, []);
  const signed = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key')];
  await Promise.all(
    all.map((identity) => certify(folder, identity.name, identity.subject, extensionsOf(identity), signed)),
  );
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(folder, 'service-accounts.key'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'service-accounts.pub'), publicKey);
}

export function readCertificate(
  folder: string,
  name: string,
): { readonly ca: string; readonly certificate: string; readonly key: string } {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { ca: read('ca.crt'), certificate: read(`${name}.crt`), key: read(`${name}.key`) };
}

async function certify(
  folder: string,
  name: string,
  subject: string,
  extensions: readonly string[],
  signed: readonly string[],
): Promise<void> {
  const config = join(folder, `${name}.cnf`);
  writeFileSync(config, opensslConfig(extensions));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout'];
  await run('openssl', [
    ...['req', '-x509', '-config', config, '-days', String(DAYS), '-subj', subject],
    ...[...key, join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`), ...signed],
  ]);
}

/** Gives a box what it needs to prove who it is. */
export function copyCertificates(from: string, files: readonly string[], to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of files) copyFileSync(join(from, file), join(to, file));
}
