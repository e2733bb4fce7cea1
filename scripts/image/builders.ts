// What the three programs that build images are told, and how their answers are read. Pure: words in, words out.

export const BUILDERS = ['buildah', 'podman', 'docker'] as const;
export type Builder = (typeof BUILDERS)[number];

export function isBuilder(word: string | undefined): word is Builder {
  return BUILDERS.some((name) => name === word);
}

export type BuildRequest = {
  readonly file: string;
  readonly context: string;
  readonly tag: string;
  readonly values: Readonly<Record<string, string>>;
  /** The base was made here and no registry has it. */
  readonly isBaseLocal: boolean;
};

/** Answers only when images can be built: of docker, its server. */
export function askArgs(builder: Builder): readonly string[] {
  return builder === 'docker' ? ['version', '--format', '{{.Server.Version}}'] : ['info'];
}

export function buildArgs(builder: Builder, request: BuildRequest): readonly string[] {
  const values = Object.entries(request.values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  return [
    'build',
    // Needs no rights but those of a folder of its own, and runs nothing but our own program.
    ...(builder === 'docker' ? [] : ['--isolation', 'chroot']),
    ...(builder === 'docker' || !request.isBaseLocal ? [] : ['--pull-never']),
    ...values,
    ...['-f', request.file, '-t', request.tag, request.context],
  ];
}

export function pullArgs(builder: Builder, image: string): readonly string[] {
  return builder === 'docker' ? ['pull', '--quiet', image] : ['pull', '-q', image];
}

/** Succeeds when the image is on this machine. */
export function hasArgs(builder: Builder, image: string): readonly string[] {
  return builder === 'buildah' ? ['inspect', '--type', 'image', image] : ['image', 'inspect', image];
}

/** Into a file that does not exist yet, in the form `ctr images import` and `docker load` read. */
export function saveArgs(builder: Builder, tag: string, file: string): readonly string[] {
  if (builder === 'buildah') return ['push', '-q', tag, `docker-archive:${file}:${tag}`];
  if (builder === 'podman') return ['save', '-q', '--format', 'docker-archive', '-o', file, tag];
  return ['save', '-o', file, tag];
}

export function digestArgs(builder: Builder, tag: string): readonly string[] {
  if (builder === 'buildah') return ['inspect', '--type', 'image', '--format', '{{.FromImageDigest}}', tag];
  return ['image', 'inspect', '--format', builder === 'podman' ? '{{.Digest}}' : '{{.Id}}', tag];
}

export function sizeArgs(builder: Builder, tag: string): readonly string[] {
  if (builder === 'buildah') return ['images', '--format', '{{.Size}}', tag];
  return ['image', 'inspect', '--format', '{{.Size}}', tag];
}

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** `231 MB` as buildah says it, or bytes; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] = /^([\d.]+) ?([KMG]?B)?$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

/** The one line that puts a builder on a machine which has `installers`. */
export function installLine(installers: ReadonlySet<string>): string {
  if (installers.has('apt-get')) return 'sudo apt-get install --yes --no-install-recommends buildah';
  if (installers.has('dnf')) return 'sudo dnf install --assumeyes buildah';
  if (installers.has('brew')) return 'brew install podman && podman machine init --now';
  return 'install buildah, podman or docker, or name one of them with REXNET_BUILDER';
}
