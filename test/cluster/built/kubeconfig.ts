// The text of a kubeconfig that needs no other file. Pure.

export type KubeconfigParts = {
  readonly server: string;
  readonly user: string;
  /** PEM. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
};

export function kubeconfigText({ server, user, ca, certificate, key }: KubeconfigParts): string {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const name = 'rexnet';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  };
  // JSON is YAML.
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
