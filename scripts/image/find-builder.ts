// Chooses the program that builds images: the one REXNET_BUILDER names, else the first that is here and answers.
// It installs none, and says how to when there is none.
import { askArgs, BUILDERS, type Builder, installLine, isBuilder } from './builders.ts';
import { EXIT, ImageError } from './errors.ts';
import { type Environment, inPath, type Ran, run } from './shell.ts';

const VARIABLE = 'REXNET_BUILDER';
const ANSWER_MAX_MS = 20_000;
const INSTALLERS = ['apt-get', 'dnf', 'brew'] as const;
/** Slower than layers of a kernel that can lay one over another, and works everywhere. */
const COPIES = { STORAGE_DRIVER: 'vfs' } as const;

export type FoundBuilder = { readonly builder: Builder; readonly env: Environment };

export async function findBuilder(env: Environment): Promise<FoundBuilder> {
  const named = env[VARIABLE];
  if (named !== undefined && named !== '' && !isBuilder(named))
    throw new ImageError(EXIT.usage, `${VARIABLE} names ${named}`, `name one of ${BUILDERS.join(', ')}, or none`);
  const wanted = isBuilder(named) ? [named] : BUILDERS;
  const here = inPath(wanted, env);
  const silent: string[] = [];
  for (const builder of wanted) {
    if (!here.has(builder)) continue;
    const asked = await ask(builder, env);
    if ('env' in asked) return { builder, env: asked.env };
    silent.push(`${builder} is here but does not work: ${asked.told.split('\n').at(-1)}`);
  }
  const why = silent.length === 0 ? `looked for ${wanted.join(', ')}` : silent.join('; ');
  throw new ImageError(EXIT.error, `no builder of images (${why})`, installLine(inPath(INSTALLERS, env)));
}

async function ask(builder: Builder, env: Environment): Promise<{ readonly env: Environment } | Ran> {
  const first = await run(builder, askArgs(builder), env, ANSWER_MAX_MS);
  if (first.ok) return { env };
  if (builder === 'docker' || env['STORAGE_DRIVER'] !== undefined) return first;
  const copying = { ...env, ...COPIES };
  const second = await run(builder, askArgs(builder), copying, ANSWER_MAX_MS);
  return second.ok ? { env: copying } : first;
}
