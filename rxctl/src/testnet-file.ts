// Reads a testnet.yaml: one Testnet and the ConfigMaps it refers to, with line and column for everything that is wrong.
// Other kinds it refuses: a network is made of nothing else.
import { readFileSync } from 'node:fs';
import { isRecord, type Problem } from '@rexnet/operator/api/check.ts';
import { definitionOf, parseTestnet } from '@rexnet/operator/api/parse.ts';
import { TESTNET, type Testnet } from '@rexnet/operator/api/testnet.ts';
import { loadProblems } from './local/load.ts';
import { byPlace, type Located, readYaml } from './yaml-documents.ts';

export type TestnetFile = {
  readonly testnet: Testnet;
  /** ConfigMap name → key → text. */
  readonly configMaps: ReadonlyMap<string, ReadonlyMap<string, string>>;
};
export type ReadResult = { readonly file: TestnetFile } | { readonly problems: readonly Located[] };

const FILE_BYTES_MAX = 4 * 1024 * 1024;

export function readTestnetFile(path: string): ReadResult {
  const text = readFileSync(path, 'utf8');
  if (text.length > FILE_BYTES_MAX) {
    return {
      problems: [
        {
          path: [],
          line: 1,
          column: 1,
          message: `the file has more than ${FILE_BYTES_MAX} bytes`,
          cure: 'is it the right file?',
        },
      ],
    };
  }
  return parseTestnetFile(text);
}

export function parseTestnetFile(text: string): ReadResult {
  const yaml = readYaml(text);
  if ('problems' in yaml) return yaml;
  const problems: Located[] = [];
  const testnets: Testnet[] = [];
  const configMaps = new Map<string, ReadonlyMap<string, string>>();
  for (const { value, kind, locate, judge } of yaml.documents) {
    if (isRecord(value) && kind === 'ConfigMap') {
      problems.push(...readConfigMap(value, configMaps).map(locate));
      continue;
    }
    const other = definitionOf(value)?.names.kind ?? TESTNET.names.kind;
    if (other !== TESTNET.names.kind) {
      const message = `a ${other} stands beside the Testnet`;
      problems.push(locate({ path: ['kind'], message, cure: `put the ${other} into a file of its own` }));
      continue;
    }
    const parsed = parseTestnet(value);
    problems.push(...judge('problems' in parsed ? parsed.problems : []));
    if ('testnet' in parsed) testnets.push(parsed.testnet);
    if (testnets.length > 1)
      problems.push(
        locate({
          path: ['kind'],
          message: 'the file holds more than one Testnet',
          cure: 'put each Testnet into a file of its own',
        }),
      );
  }
  const testnet = testnets[0];
  if (testnet !== undefined && problems.length === 0) {
    const missing = [...missingSources(testnet, configMaps), ...loadProblems(testnet)];
    const home = yaml.documents.find(({ kind }) => kind === TESTNET.names.kind);
    problems.push(
      ...missing.map((problem) => (home === undefined ? { ...problem, line: 1, column: 1 } : home.locate(problem))),
    );
    if (problems.length === 0) return { file: { testnet, configMaps } };
  }
  if (problems.length === 0)
    problems.push({
      path: [],
      line: 1,
      column: 1,
      message: 'the file holds no Testnet',
      cure: 'begin with apiVersion: rexnet.dev/v1alpha1 and kind: Testnet',
    });
  return { problems: byPlace(problems) };
}

function readConfigMap(
  value: Readonly<Record<string, unknown>>,
  into: Map<string, ReadonlyMap<string, string>>,
): readonly Problem[] {
  const metadata = value['metadata'];
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  if (typeof name !== 'string' || name === '')
    return [
      { path: ['metadata'], message: 'the ConfigMap has no metadata.name', cure: 'add metadata: {name: my-contracts}' },
    ];
  const data = value['data'] ?? {};
  if (!isRecord(data))
    return [
      {
        path: ['data'],
        message: 'data of the ConfigMap is no object',
        cure: 'write data: with KEY: | and the text below it',
      },
    ];
  const wrong = Object.entries(data).filter(([, text]) => typeof text !== 'string');
  into.set(
    name,
    new Map(Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  );
  return wrong.map(([key]) => ({
    path: ['data', key],
    message: `data.${key} of the ConfigMap is no text`,
    cure: 'write the text as a block: KEY: |',
  }));
}

function missingSources(testnet: Testnet, configMaps: TestnetFile['configMaps']): readonly Problem[] {
  return (testnet.spec.contracts ?? []).flatMap(({ configMapKeyRef }, index): readonly Problem[] => {
    if (configMapKeyRef === undefined || configMaps.get(configMapKeyRef.name)?.has(configMapKeyRef.key)) return [];
    const message = `ConfigMap ${configMapKeyRef.name} with the key ${configMapKeyRef.key} is not in this file`;
    return [
      {
        path: ['spec', 'contracts', index, 'configMapKeyRef'],
        message,
        cure: 'add it to the file as a further document after a line ---',
      },
    ];
  });
}
