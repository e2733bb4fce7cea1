// Modules as text beside the sources they came from, their validity by a second opinion, and that optimising them changes nothing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { expect, test } from 'vitest';
import { compile } from './index.ts';
import { FakeRuntime } from './testing/fake-runtime.ts';
import { STORIES, Teller } from './testing/stories.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const FEATURES =
  binaryen.Features.MutableGlobals |
  binaryen.Features.BulkMemory |
  binaryen.Features.BulkMemoryOpt |
  binaryen.Features.Multivalue |
  binaryen.Features.SignExt;

function compiled(path: string, options: { names?: boolean; guard?: boolean } = {}): Uint8Array {
  const result = compile(read(path), options);
  if (!result.ok) throw new Error(`${path} does not compile`);
  return result.wasm;
}

function parsed(wasm: Uint8Array): binaryen.Module {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(FEATURES);
  return module;
}

const SOURCES = [
  ...['token', 'token-global', 'poll', 'airdrop'].map((name) => `contracts/${name}.prd`),
  ...['01_counter', '03_payroll', '04_poll', '05_canvas', '06_ticker', '08a_room', '11_census'].map(
    (name) => `test/conformance/examples/${name}.prd`,
  ),
];

test.each(SOURCES)('%s is a valid module with one export', (path) => {
  for (const guard of [false, true]) {
    const wasm = compiled(path, { guard });
    expect(WebAssembly.validate(wasm as Uint8Array<ArrayBuffer>)).toBe(true);
    const module = parsed(wasm);
    expect(module.validate()).toBe(1);
    expect(module.getNumExports()).toBe(1);
    expect(binaryen.getExportInfo(module.getExportByIndex(0)).name).toBe('invoke');
    module.dispose();
  }
});

test('the same source gives the same bytes', () => {
  for (const path of SOURCES) expect(compiled(path)).toEqual(compiled(path));
});

const GOLDEN = [
  ['01_counter', 'test/conformance/examples/01_counter.prd'],
  ['06_ticker', 'test/conformance/examples/06_ticker.prd'],
  ['05_canvas', 'test/conformance/examples/05_canvas.prd'],
] as const;

/** A missing file is written: look at it before it is committed. */
test.each(GOLDEN)('the text of %s is as reviewed', (name, path) => {
  const module = parsed(compiled(path, { names: true }));
  const text = module.emitText();
  module.dispose();
  const golden = new URL(`golden/${name}.wat`, import.meta.url);
  if (!existsSync(golden)) writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});

test.each(STORIES)('optimised: $name', ({ run }) => {
  const optimised = (wasm: Uint8Array) => {
    const module = parsed(wasm);
    module.optimize();
    const bytes = module.emitBinary();
    module.dispose();
    return new FakeRuntime(bytes);
  };
  run(new Teller(optimised));
});
