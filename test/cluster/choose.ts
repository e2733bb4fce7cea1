// Which cluster a run of tests or a person gets: the named one, else kind's, else one built here if it was asked for. Pure.

export type Facts = {
  /** REXNET_KUBECONFIG. */
  readonly kubeconfig: string | undefined;
  /** Undefined when kind can be used. */
  readonly kindObstacle: string | undefined;
  /** REXNET_REQUIRE names `cluster`, or a person called for one. */
  readonly isAsked: boolean;
};

export type Choice =
  | { readonly kind: 'given'; readonly kubeconfig: string }
  | { readonly kind: 'kind' }
  | { readonly kind: 'built' }
  | { readonly kind: 'none'; readonly reason: string };

const CAPABILITY = 'cluster';

export function chooseCluster({ kubeconfig, kindObstacle, isAsked }: Facts): Choice {
  if (kubeconfig !== undefined && kubeconfig !== '') return { kind: 'given', kubeconfig };
  if (kindObstacle === undefined) return { kind: 'kind' };
  if (isAsked) return { kind: 'built' };
  return {
    kind: 'none',
    reason: `${CAPABILITY}: REXNET_KUBECONFIG is not set, ${kindObstacle}, and REXNET_REQUIRE does not ask for one to be built`,
  };
}

export function isRequired(require: string | undefined): boolean {
  return (require ?? '').split(',').includes(CAPABILITY);
}
