// From what a user wants to signed bytes. Knows nonces and prices only as numbers it is given; sends nothing.
import { signTransaction, TRANSACTION_KIND, type TransactionFields } from '../chain/transaction.ts';
import { viewOf } from '../core/bytes.ts';
import { DEPLOY_ARGS, type Target, TRANSACTION } from '../core/layouts.ts';
import { SCOPE } from '../core/scopes.ts';

/** A key that signs; see signatures/signer.ts and chain/keys.ts. */
export interface TransactionSigner {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 over a whole message. */
  sign(message: Uint8Array): Uint8Array;
}

export type Action =
  | { readonly kind: 'transfer'; readonly to: Uint8Array; readonly amount: bigint }
  | {
      readonly kind: 'call';
      readonly contract: bigint;
      readonly op: number;
      readonly target: Target;
      /** Encoded by the ABI. */
      readonly args: Uint8Array;
    }
  | { readonly kind: 'deploy'; readonly dapp: string; readonly source: string; readonly args: Uint8Array };

export interface Envelope {
  readonly nonce: bigint;
  readonly validUntilMs: number;
  readonly gasLimit: bigint;
  readonly gasPrice: bigint;
}

function fieldsOf(action: Action): Pick<TransactionFields, 'kind' | 'contract' | 'op' | 'target' | 'args'> {
  switch (action.kind) {
    case 'transfer': {
      const args = new Uint8Array(8);
      viewOf(args).setBigUint64(0, action.amount, true);
      const target = { scope: SCOPE.account, key: action.to };
      return { kind: TRANSACTION_KIND.transfer, contract: 0n, op: 0, target, args };
    }
    case 'call': {
      const { contract, op, target, args } = action;
      return { kind: TRANSACTION_KIND.call, contract, op, target, args };
    }
    case 'deploy': {
      const args = DEPLOY_ARGS.encode({ dapp: action.dapp, source: action.source, args: action.args });
      const target = { scope: SCOPE.global, key: new Uint8Array(0) };
      return { kind: TRANSACTION_KIND.deploy, contract: 0n, op: 0, target, args };
    }
  }
}

/** Signed TRANSACTION bytes. */
export function buildTransaction(
  action: Action,
  envelope: Envelope,
  networkId: Uint8Array,
  signer: TransactionSigner,
): Uint8Array {
  const fields = { ...fieldsOf(action), ...envelope, sender: signer.publicKey };
  return signTransaction(fields, networkId, (message) => signer.sign(message));
}

/** The same with a signature of zeros, for EstimateFee. */
export function unsignedTransaction(
  action: Action,
  envelope: Envelope,
  networkId: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  return TRANSACTION.encode({
    ...fieldsOf(action),
    ...envelope,
    version: 1,
    networkId,
    sender: publicKey,
    signature: new Uint8Array(64),
  });
}
