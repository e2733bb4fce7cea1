// A container image of one program, as the archive `docker save` would write: for images that need no base and no builder. Pure.
import { createHash } from 'node:crypto';

const BLOCK_BYTES = 512;
const EXECUTABLE_MODE = '0000755';
const FILE_MODE = '0000644';
const CHECKSUM_OFFSET = 148;
const CHECKSUM_BYTES = 8;
/** Node's name of a processor to that of container images. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export type ProgramImage = {
  /** NAME:TAG. */
  readonly reference: string;
  readonly program: string;
  readonly contents: Uint8Array;
  /** As Node names it. */
  readonly arch: string;
};

export function imageArchive({ reference, program, contents, arch }: ProgramImage): Buffer {
  const layer = tar([{ path: program, contents, mode: EXECUTABLE_MODE }]);
  const config = Buffer.from(
    JSON.stringify({
      architecture: ARCHITECTURES[arch] ?? arch,
      os: 'linux',
      config: { Entrypoint: [`/${program}`] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    }),
  );
  const configPath = `${sha256(config)}.json`;
  const manifest = [{ Config: configPath, RepoTags: [reference], Layers: ['layer.tar'] }];
  return tar([
    { path: configPath, contents: config, mode: FILE_MODE },
    { path: 'layer.tar', contents: layer, mode: FILE_MODE },
    { path: 'manifest.json', contents: Buffer.from(JSON.stringify(manifest)), mode: FILE_MODE },
  ]);
}

type Entry = { readonly path: string; readonly contents: Uint8Array; readonly mode: string };

/** POSIX.1-1988 (ustar): 512-byte blocks, a header before each file, two empty blocks at the end. */
export function tar(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap((entry) => [
    header(entry),
    entry.contents,
    Buffer.alloc((BLOCK_BYTES - (entry.contents.length % BLOCK_BYTES)) % BLOCK_BYTES),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function header({ path, contents, mode }: Entry): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const fields: readonly [offset: number, text: string][] = [
    [0, path],
    [100, mode],
    [108, '0000000'],
    [116, '0000000'],
    [124, contents.length.toString(8).padStart(11, '0')],
    // One moment for all: the same program makes the same image.
    [136, '00000000000'],
    // Its own sum is counted as blanks.
    [CHECKSUM_OFFSET, ' '.repeat(CHECKSUM_BYTES)],
    [156, '0'],
    [257, 'ustar\x0000'],
  ];
  for (const [offset, text] of fields) block.write(text, offset, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\x00 `, CHECKSUM_OFFSET, 'latin1');
  return block;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
