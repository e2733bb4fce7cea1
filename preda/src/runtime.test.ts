import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RUNTIME_BASE64 } from './runtime-bytes.ts';

interface Build {
  buildRuntime(): Promise<Uint8Array>;
  asText(binary: Uint8Array): string;
}

test('the checked-in runtime module is what its source compiles to', async () => {
  const folder = new URL('../runtime/', import.meta.url);
  const { buildRuntime, asText } = (await import(new URL('build.mjs', folder).href)) as Build;
  const built = Buffer.from(await buildRuntime());
  expect(built.equals(readFileSync(new URL('runtime.wasm', folder)))).toBe(true);
  expect(built.equals(Buffer.from(RUNTIME_BASE64, 'base64'))).toBe(true);
  expect(asText(built)).toBe(readFileSync(new URL('runtime-bytes.ts', import.meta.url), 'utf8'));
});
