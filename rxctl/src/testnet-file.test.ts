import { expect, test } from 'vitest';
import { parseTestnetFile } from './testnet-file.ts';
import { formatProblems } from './yaml-documents.ts';

const head = 'apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\n';

function refusal(text: string): string {
  const result = parseTestnetFile(text);
  return 'problems' in result ? formatProblems('t.yaml', result.problems) : 'accepted';
}

test.each([
  [
    'a word that Kubernetes reads as a boolean',
    `${head}spec: {contracts: [{name: token}, {name: off}]}`,
    't.yaml:4:36: spec.contracts[1].name is off, which Kubernetes reads as the boolean false\n  cure: write false if you mean the boolean, "off" in quotes if you mean the word',
  ],
  [
    'a number with a leading zero',
    `${head}spec: {groups: 010}`,
    't.yaml:4:8: spec.groups is 010, which Kubernetes reads as another number\n  cure: write a plain decimal number without leading zeros, or put it in quotes',
  ],
  [
    'a key written twice',
    `${head}spec:\n  groups: 2\n  groups: 4\n`,
    't.yaml:6:3: the same key is written twice\n  cure: remove one of the two lines',
  ],
  ['a tab', `${head}spec:\n\tgroups: 2\n`, 't.yaml:5:1: a tab indents this line\n  cure: YAML is indented with spaces'],
  [
    'two testnets',
    `${head}---\n${head}`,
    't.yaml:6:1: kind: the file holds more than one Testnet\n  cure: put each Testnet into a file of its own',
  ],
  [
    'a measurement beside the testnet',
    `${head}---\napiVersion: rexnet.dev/v1alpha1\nkind: LoadTest\nmetadata: {name: curve}\nspec: {testnet: demo}\n`,
    't.yaml:6:1: kind: a LoadTest stands beside the Testnet\n  cure: put the LoadTest into a file of its own',
  ],
  [
    'no testnet',
    '',
    't.yaml:1:1: the file holds no Testnet\n  cure: begin with apiVersion: rexnet.dev/v1alpha1 and kind: Testnet',
  ],
  [
    'a ConfigMap that is not there',
    `${head}spec:\n  contracts:\n    - name: mine\n      configMapKeyRef: {name: sources, key: mine.prd}\n`,
    't.yaml:7:7: spec.contracts[0].configMapKeyRef: ConfigMap sources with the key mine.prd is not in this file\n  cure: add it to the file as a further document after a line ---',
  ],
  [
    'a poll without its contract',
    `${head}spec:\n  load:\n    tpsPerGroup: 5\n    workload: Poll\n`,
    't.yaml:7:5: spec.load.workload is Poll, which calls the contract poll, and spec.contracts does not list it\n  cure: add contracts: [{name: poll}] to spec',
  ],
  [
    'a workload without its contract',
    `${head}spec:\n  load: {tpsPerGroup: 5}\n`,
    't.yaml:5:3: spec.load.workload is Token, which calls the contract token, and spec.contracts does not list it\n  cure: add contracts: [{name: token}] to spec',
  ],
])('%s is refused', (_what, text, shown) => {
  expect(refusal(text)).toBe(shown);
});

test('a whole number in another notation is a number', () => {
  expect(parseTestnetFile(`${head}spec: {chain: {blockGas: 1e9}}`)).toMatchObject({
    file: { testnet: { spec: { chain: { blockGas: 1_000_000_000 } } } },
  });
});

test('contracts are served from ConfigMaps of the same file', () => {
  const result = parseTestnetFile(
    `${head}spec: {contracts: [{name: mine, configMapKeyRef: {name: sources, key: mine.prd}}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: sources}\ndata:\n  mine.prd: |\n    contract mine {}\n`,
  );
  expect('file' in result && result.file.configMaps.get('sources')?.get('mine.prd')).toBe('contract mine {}\n');
});

test('a workload that is not run may be any', () => {
  expect(refusal(`${head}spec: {load: {workload: Airdrop}}`)).toBe('accepted');
});
