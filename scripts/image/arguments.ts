// What `npm run image` may be asked for. Pure: words in, options or a refusal out.
import { parseArgs } from 'node:util';
import { EXIT, ImageError } from './errors.ts';

/** Built from this machine's Node instead of pulled. */
export const LOCAL_BASE = 'local';
export const DEFAULT_BASE = 'docker.io/library/node:24-slim';
/** The libraries come along, so nothing is needed below. */
export const BITCOIND_BASE = 'scratch';

/** As the chart names them, with the version behind. */
export const REPOSITORY = { rexnet: 'ghcr.io/rexnet/rexnet', bitcoind: 'ghcr.io/rexnet/bitcoind' } as const;
export type ImageKind = keyof typeof REPOSITORY;

export type ImageOptions = {
  readonly kind: ImageKind;
  readonly base?: string;
  readonly tag: string;
  readonly archive?: string;
  readonly isJson: boolean;
};

export const HELP = `usage: npm run image [-- OPTIONS]

Builds Rexnet's image with buildah, podman or docker: the first that works; REXNET_BUILDER names another.

  --base IMAGE     what it stands on (${DEFAULT_BASE}); it must have Node 24.15 or newer.
                   local: a base made of this machine's Node and its libraries, for machines that reach no registry;
                   chosen by itself where the default cannot be pulled
  --tag NAME       its name (${REPOSITORY.rexnet}:VERSION, as the chart has it)
  --archive FILE   writes it as a docker-archive too: ctr -n k8s.io images import FILE, kind load image-archive FILE
  --bitcoind       bitcoind's image instead (${REPOSITORY.bitcoind}:VERSION), on base scratch
  -o json          what was built, as one JSON object
`;

const FLAGS = {
  base: { type: 'string' },
  tag: { type: 'string' },
  archive: { type: 'string' },
  bitcoind: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `help` instead of options when that is asked for. */
export function readArguments(args: readonly string[], version: string): ImageOptions | 'help' {
  const { help, bitcoind, base, tag, archive, output } = parse(args);
  if (help === true) return 'help';
  if (output !== undefined && output !== 'json')
    throw usage(`-o ${output} is no form of output`, 'leave it out, or give -o json');
  const kind: ImageKind = bitcoind === true ? 'bitcoind' : 'rexnet';
  for (const [name, value] of Object.entries({ base, tag, archive }))
    if (value === '') throw usage(`--${name} is empty`, 'give it a value or leave it out');
  if (kind === 'bitcoind' && base === LOCAL_BASE)
    throw usage("bitcoind's image brings its own libraries and needs no local base", 'leave --base out');
  return {
    kind,
    tag: tag ?? `${REPOSITORY[kind]}:${version}`,
    isJson: output === 'json',
    ...(base === undefined ? {} : { base }),
    ...(archive === undefined ? {} : { archive }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: false }).values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error), 'npm run image -- --help shows the options');
  }
}

function usage(what: string, cure: string): ImageError {
  return new ImageError(EXIT.usage, what, cure);
}
