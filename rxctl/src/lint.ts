// What is wrong with a testnet.yaml or a PREDA source, told without a network: line, column, field or code, cure. Pure: text in,
// findings out; it is stricter than the parser only where a network would refuse later.
import { formatPath } from '@rexnet/operator/api/check.ts';
import { definitionOf } from '@rexnet/operator/api/parse.ts';
import { TESTNET } from '@rexnet/operator/api/testnet.ts';
import { refusalOf } from '@rexnet/operator/plan/plan.ts';
import { SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import { compile, type Diagnostic } from '@rexnet/preda/index.ts';
import { positionOf } from '@rexnet/preda/source.ts';
import type { Finding, Linted } from './lint-finding.ts';
import { lintObjects } from './lint-objects.ts';
import { parseTestnetFile, type TestnetFile } from './testnet-file.ts';
import { placeOf, readYaml } from './yaml-documents.ts';

/** A Testnet with its ConfigMaps, or objects of other kinds of ours. */
export function lintYaml(file: string, text: string): Linted {
  const yaml = readYaml(text);
  const isOther =
    'documents' in yaml && yaml.documents.length > 0 && yaml.documents.every(({ value }) => isOtherKind(value));
  return isOther ? lintObjects(file, yaml.documents) : lintTestnet(file, text);
}

function isOtherKind(value: unknown): boolean {
  const definition = definitionOf(value);
  return definition !== undefined && definition.names.kind !== TESTNET.names.kind;
}

export function lintTestnet(file: string, text: string): Linted {
  const parsed = parseTestnetFile(text);
  if ('problems' in parsed) {
    const findings = parsed.problems.map(({ line, column, path, message, cure }): Finding => {
      return { severity: 'error', line, column, where: formatPath(path), message, cure };
    });
    return { file, kind: 'testnet', findings, summary: '' };
  }
  const { testnet } = parsed.file;
  const { groups, nodesPerGroup, contracts = [], load } = testnet.spec;
  const names = contracts.map(({ name }) => name).join(', ');
  const figures = [
    `testnet ${testnet.name}`,
    `${groups} × ${nodesPerGroup} nodes`,
    ...(names === '' ? [] : [`contracts ${names}`]),
    ...(load.tpsPerGroup === 0 ? [] : [`${load.tpsPerGroup * groups} tps of ${load.workload}`]),
  ];
  const findings = [...refusals(text, parsed.file), ...sources(text, parsed.file), ...warnings(text, parsed.file)];
  return { file, kind: 'testnet', findings, summary: figures.join(', ') };
}

export function lintContract(file: string, text: string): Linted {
  const result = compile(text, { file });
  if (!result.ok) return { file, kind: 'contract', findings: result.diagnostics.map(findingOf), summary: '' };
  const { contract, functions } = result.abi;
  return {
    file,
    kind: 'contract',
    findings: [],
    summary: `contract ${contract}, ${functions.length} functions, ${result.wasm.length} bytes`,
  };
}

/** 'net.yaml:5:3: error: spec.groups …' and below it what to do. */
export function describeLint({ file, findings, summary }: Linted): string {
  if (findings.length === 0) return `${file}: ${summary}`;
  return findings
    .map(({ severity, line, column, where, message, cure }) => {
      const what = message.includes(where) ? message : `${where}: ${message}`;
      return `${file}:${line}:${column}: ${severity}: ${what}${cure === undefined ? '' : `\n  cure: ${cure}`}`;
    })
    .join('\n');
}

/** What the planner would refuse: values that fit each alone and not together. */
function refusals(text: string, { testnet }: TestnetFile): readonly Finding[] {
  const refusal = refusalOf(testnet);
  if (refusal === undefined) return [];
  const { field, message, cure } = refusal;
  return [{ severity: 'error', ...placeOf(text, 'Testnet', field.split('.')), where: field, message, cure }];
}

/** Contracts that could not be deployed: nobody has their source, or it does not compile. */
function sources(text: string, { testnet, configMaps }: TestnetFile): readonly Finding[] {
  return (testnet.spec.contracts ?? []).flatMap(({ name, configMapKeyRef: from }, index): readonly Finding[] => {
    const path = ['spec', 'contracts', index];
    if (from === undefined) {
      if (SHIPPED[name] !== undefined) return [];
      return [
        {
          severity: 'error',
          ...placeOf(text, 'Testnet', path),
          where: formatPath(path),
          message: `${name} is no shipped contract and has no configMapKeyRef`,
          cure: `shipped are ${Object.keys(SHIPPED).join(', ')}; for another add configMapKeyRef and a ConfigMap with its source`,
        },
      ];
    }
    const source = configMaps.get(from.name)?.get(from.key) ?? '';
    const place = placeOf(text, 'ConfigMap', ['data', from.key]);
    return lintContract(from.key, source).findings.map((finding) => ({
      ...finding,
      // The text of a block begins on the line below its key.
      line: place.line + finding.line,
      message: `${name} does not compile: ${finding.message}`,
    }));
  });
}

function warnings(text: string, { testnet }: TestnetFile): readonly Finding[] {
  const { image } = testnet.spec;
  if (image === undefined || image === '' || image.includes('@sha256:')) return [];
  return [
    {
      severity: 'warning',
      ...placeOf(text, 'Testnet', ['spec', 'image']),
      where: 'spec.image',
      message: `${image} is named by a tag, which may mean another image tomorrow`,
      cure: 'name it by digest: IMAGE@sha256:…',
    },
  ];
}

function findingOf({ code, span, message, hint }: Diagnostic): Finding {
  const { line, column } = positionOf(span.source, span.begin);
  return { severity: 'error', line, column, where: `E${code}`, message, cure: hint };
}
