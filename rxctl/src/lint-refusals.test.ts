import { readdirSync, readFileSync } from 'node:fs';
import { formatPath } from '@rexnet/operator/api/check.ts';
import { changeProblemsOf, definitionOf, parseObject } from '@rexnet/operator/api/parse.ts';
import { expect, test } from 'vitest';
import { describeLint, lintYaml } from './lint.ts';
import { readYaml } from './yaml-documents.ts';

const DATA = new URL('../../operator/src/api/testdata/', import.meta.url).pathname;

function filesOf(folder: string): readonly (readonly [name: string, text: string])[] {
  return readdirSync(`${DATA}${folder}`)
    .sort()
    .map((name) => [name, readFileSync(`${DATA}${folder}/${name}`, 'utf8')]);
}

test('every bad file is refused with file, line, field and cure', async () => {
  const linted = filesOf('bad').map(([name, text]) => lintYaml(name, text));
  for (const { file, findings } of linted)
    expect(
      findings.some(({ severity }) => severity === 'error'),
      file,
    ).toBe(true);
  await expect(`${linted.map(describeLint).join('\n')}\n`).toMatchFileSnapshot(`${DATA}refused-by-laptop.txt`);
});

test('every bad change is refused, though both objects are good', async () => {
  const shown = filesOf('bad-changes').flatMap(([name, text]) => changeRefusals(name, text));
  await expect(`${shown.join('\n')}\n`).toMatchFileSnapshot(`${DATA}changes-refused-by-laptop.txt`);
});

function changeRefusals(name: string, text: string): readonly string[] {
  const yaml = readYaml(text);
  const [old, next] = 'documents' in yaml ? yaml.documents.map(({ value }) => value) : [];
  const definition = definitionOf(old);
  if (definition === undefined) throw new Error(name);
  const [before, after] = [parseObject(definition, old), parseObject(definition, next)];
  if ('problems' in before || 'problems' in after) throw new Error(`${name} is bad by itself`);
  const problems = changeProblemsOf(definition, after.object.spec, before.object.spec);
  expect(problems, name).not.toEqual([]);
  return problems.map(({ path, message, cure }) => `${name}: ${formatPath(path)}: ${message}\n  cure: ${cure}`);
}
