// What a test may do with a cluster, wherever it comes from. Types only.

export type Cluster = {
  readonly kind: 'given' | 'kind' | 'built';
  /** A file that needs no other. */
  readonly kubeconfig: string;
  /** Names of the nodes that run pods. */
  readonly machines: readonly string[];
  /** Where the API server writes what audit-policy.ts names; undefined where it is somebody else's. */
  readonly auditLog?: string;
  /** Standard output of kubectl; throws ClusterError with what kubectl said. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Puts an archive as `docker save` writes it (buildah: docker-archive) onto every machine; pods name it with imagePullPolicy Never. */
  importImage(archive: string): Promise<void>;
  /** As if the machine's kubelet had crashed; its containers go on. */
  stopKubelet(machine: string): Promise<void>;
  /** As if its power had gone: nothing of any pod runs there any more. */
  switchOff(machine: string): Promise<void>;
  /** Whichever way it ended. */
  startKubelet(machine: string): Promise<void>;
  /** Nodes `fake-0`… that only pretend to run pods; what asks for them is in docs/testing-cluster.md. */
  startFakeNodes(count: number, say: (line: string) => void): Promise<void>;
  /** Leaves nothing of what `up` made; a cluster that was given stays. */
  down(): Promise<void>;
};

/** Why there is none, as a skipped test says it. */
export type Skip = { readonly reason: string };

/** Enough to use a cluster from another process. */
export type ClusterDescription = Pick<Cluster, 'kind' | 'kubeconfig' | 'machines'>;
