// npm run image: reads the options, builds, and says what was built. Standard output has the result, standard error the rest.
import { HELP, readArguments } from './arguments.ts';
import { type BuiltImage, buildImage, repositoryVersion } from './build.ts';
import { EXIT, type Exit, ImageError } from './errors.ts';

export async function main(args: readonly string[]): Promise<Exit> {
  try {
    const version = repositoryVersion();
    const options = readArguments(args, version);
    if (options === 'help') {
      process.stdout.write(HELP);
      return EXIT.ok;
    }
    const built = await buildImage(options, version, {
      env: process.env,
      say: (line) => void process.stderr.write(`rexnet: ${line}\n`),
    });
    process.stdout.write(options.isJson ? `${JSON.stringify(built)}\n` : describe(built));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    process.stderr.write(`rexnet: ${error.message}\n`);
    return error.code;
  }
}

function describe({ image, base, builder, sizeBytes, digest, seconds, archive }: BuiltImage): string {
  const size = sizeBytes === null ? 'unknown' : `${Math.round(sizeBytes / 1e6)} MB unpacked`;
  const rows: readonly (readonly [string, string])[] = [
    ['image', image],
    ['base', base],
    ['size', size],
    ['digest', digest],
    ['took', `${seconds} s with ${builder}`],
    ...(archive === undefined ? [] : ([['archive', archive]] as const)),
  ];
  return rows.map(([name, value]) => `${name.padEnd(8)}${value}\n`).join('');
}
