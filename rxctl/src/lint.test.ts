import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLint, lintContract, lintTestnet, lintYaml } from './lint.ts';
import { FakeNetwork } from './testing/fake-network.ts';
import { TestFolder } from './testing/verb-runner.ts';

const HEAD = 'apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\n';
const GOOD = `${HEAD}spec:\n  groups: 4\n  contracts: [{name: token}]\n  load: {tpsPerGroup: 100}\n`;

test.each([
  ['a good testnet', GOOD, 't.yaml: testnet demo, 4 × 1 nodes, contracts token, 400 tps of Token'],
  ['an empty one', `${HEAD}spec: {}\n`, 't.yaml: testnet demo, 2 × 1 nodes'],
  [
    'a typing mistake',
    `${HEAD}spec:\n  group: 4\n`,
    't.yaml:5:3: error: spec.group is no field of a Testnet\n  cure: did you mean spec.groups?',
  ],
  [
    'values that do not fit together',
    `${HEAD}spec:\n  chain:\n    partitions: 4096\n    blockGas: 4000000\n`,
    't.yaml:7:5: error: spec.chain.blockGas: a broadcast to 4096 partitions must fit into a block: blockGas is 4000000, at least % is needed\n  cure: raise spec.chain.blockGas to % or lower spec.chain.partitions',
  ],
  [
    'a contract nobody has',
    `${HEAD}spec:\n  contracts:\n    - name: token\n    - name: tokn\n`,
    't.yaml:7:7: error: spec.contracts[1]: tokn is no shipped contract and has no configMapKeyRef\n  cure: shipped are %; for another add configMapKeyRef and a ConfigMap with its source',
  ],
  [
    'a contract that does not compile, with its line in the file',
    `${HEAD}spec: {contracts: [{name: mine, configMapKeyRef: {name: sources, key: mine.prd}}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: sources}\ndata:\n  mine.prd: |\n    contract Mine {\n      @address function put(uint64 v) export { n = v; }\n    }\n`,
    't.yaml:12:44: error: E17: mine does not compile: unknown name `n`\n  cure: did you mean `v`?',
  ],
  [
    'an image that may change',
    `${HEAD}spec:\n  image: ghcr.io/acme/rexnet:latest\n`,
    't.yaml:5:3: warning: spec.image: ghcr.io/acme/rexnet:latest is named by a tag, which may mean another image tomorrow\n  cure: name it by digest: IMAGE@sha256:…',
  ],
])('%s', (_what, text, told) => {
  const shown = describeLint(lintTestnet('t.yaml', text))
    .replace(/\b\d{8,}\b/g, '%')
    .replace(/shipped are [a-z_, -]+;/, 'shipped are %;');
  expect(shown).toBe(told);
});

test.each([
  [
    'the sample of a measurement',
    readFileSync(new URL('../../loadtest.yaml', import.meta.url), 'utf8'),
    't.yaml: loadtest curve, testnet demo, 1, 2, 4 groups, 3 × 60s of Token, Capped, at least 12 min',
  ],
  [
    'what the operator writes',
    'apiVersion: rexnet.dev/v1alpha1\nkind: ShardMap\nmetadata: {name: demo}\nspec: {testnet: demo, partitions: 256}\n',
    't.yaml:2:1: warning: kind: a ShardMap is written by the operator, which will undo what you write\n  cure: write a Testnet instead',
  ],
])('%s', (_what, text, told) => {
  expect(describeLint(lintYaml('t.yaml', text))).toBe(told);
});

test('a PREDA source', () => {
  expect(
    describeLint(lintContract('bad.prd', 'contract Bad {\n  @address function put(uint64 v) export { n = v; }\n}\n')),
  ).toMatch(/^bad\.prd:2:44: error: E17: /);
});

let folder: TestFolder;
beforeAll(() => {
  folder = new TestFolder(new FakeNetwork());
  writeFileSync(join(folder.cwd, 'testnet.yaml'), GOOD);
  writeFileSync(join(folder.cwd, 'bad.yaml'), `${HEAD}spec: {groups: 0}\n`);
  mkdirSync(join(folder.cwd, 'contracts'));
  writeFileSync(join(folder.cwd, 'contracts', 'good.prd'), 'contract Good {\n  @address uint64 n;\n}\n');
});
afterAll(() => folder.remove());

test('exit codes tell what was found', async () => {
  expect(await folder.run(['lint'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('testnet.yaml: testnet demo'),
  });
  expect(await folder.run(['lint', '-f', 'bad.yaml', '-o', 'name'])).toMatchObject({ code: 2, out: 'bad.yaml\n' });
  expect((await folder.run(['lint', 'contracts'])).out).toMatch(/^contracts\/good\.prd: contract Good, /);
  expect(JSON.parse((await folder.run(['lint', 'bad.yaml', '-o', 'json'])).out)).toMatchObject([
    { file: 'bad.yaml', ok: false, findings: [{ severity: 'error', line: 4, where: 'spec.groups' }] },
  ]);
  expect(await folder.run(['lint', 'nosuch'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('nosuch does not exist'),
  });
});
