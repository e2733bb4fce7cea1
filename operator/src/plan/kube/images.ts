// Which images the pods of a Testnet run. They are fixed when the Testnet is made: a newer operator brings newer defaults,
// and must not roll a running network. Pure.
import type { TestnetSpec, TestnetStatus } from '../../api/testnet.ts';

/** `bitcoindImage` is empty where none is known. */
export type Images = {
  readonly image: string;
  readonly bitcoindImage: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
};

export function imagesOf(spec: TestnetSpec, status: TestnetStatus | undefined, defaults: Images): Images {
  // A chain stays on the parent it began with: without an image for it at the beginning there is none later.
  const isNew = status?.image === undefined;
  return {
    image: spec.image !== '' ? spec.image : (status?.image ?? defaults.image),
    bitcoindImage: status?.bitcoindImage ?? (isNew ? defaults.bitcoindImage : ''),
    imagePullPolicy: status?.imagePullPolicy ?? defaults.imagePullPolicy,
  };
}
