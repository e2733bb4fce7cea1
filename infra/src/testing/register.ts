// Runs the program with Pulumi's mocks: what it would register, in no order. Nothing is made.
import { runtime } from '@pulumi/pulumi';
import { deploy } from '../program.ts';
import type { Settings } from '../settings.ts';

export type Registered = {
  /** Such as `kubernetes:core/v1:Namespace`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
};

export const MOCKED_KUBECONFIG = 'apiVersion: v1\nkind: Config\n';

/** `chart` is the path of charts/rexnet. */
export async function register(settings: Settings, chart: string): Promise<readonly Registered[]> {
  const registered: Registered[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        const printed = type === 'command:local:Command' ? { stdout: MOCKED_KUBECONFIG } : {};
        return { id: `${name}-id`, state: { ...inputs, ...printed } };
      },
      call: ({ inputs }) => inputs,
    },
    'rexnet',
    'test',
    false,
  );
  const { testnet } = deploy(settings, chart);
  // The Testnet waits for everything else.
  await new Promise((done) => testnet.apply(done));
  return registered;
}
