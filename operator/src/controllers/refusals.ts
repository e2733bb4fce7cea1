// What the API server has refused for good, as people are told it: a quota, a limit, a missing right, a name that is taken.
import { KubeError } from '../kube/errors.ts';
import { NAME_TAKEN } from '../kube/ownership.ts';
import type { Trouble } from './inputs.ts';

/** Throws on what may pass by itself, what was given up, and mistakes of ours. */
export function refusalIn(error: unknown): KubeError {
  if (!(error instanceof KubeError) || error.transient || error.code === 'ABORTED') throw error;
  return error;
}

/** The server's sentence is what a person needs. */
export function troubleOfRefusal({ reason, message }: KubeError): Trouble {
  return { reason: reason === NAME_TAKEN ? NAME_TAKEN : 'ObjectRefused', message };
}
