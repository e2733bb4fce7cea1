// What is known of one contract: how far it has come, its functions and on whose state they run.
import { contractLook } from './contracts.ts';
import { clean, type Line, plain, toned, wrapped } from './line.ts';
import type { Model } from './model.ts';
import { type Fact, facts, heading, type Pane } from './pane.ts';
import { UNKNOWN } from './units.ts';

const FACT_COLUMNS = 50;
const HASH_CHARS = 24;
const NAME_COLUMNS = 24;
const SCOPE_COLUMNS = 10;

export function contractDetail({ snapshot }: Model, name: string, width: number): Pane {
  const contract = snapshot.contracts.find((each) => each.name === name);
  const title = `CONTRACT ${clean(contract?.fullName ?? name)}`;
  if (contract === undefined) return { title, lines: [[toned('dim', 'It is not asked for any more; esc goes back.')]] };
  const { icon, tone } = contractLook(contract);
  const list: readonly Fact[] = [
    { label: 'state', value: [toned(tone, `${icon} ${contract.state}`)] },
    { label: 'number', value: contract.id ?? UNKNOWN },
    { label: 'code', value: contract.codeHash?.slice(0, HASH_CHARS) ?? UNKNOWN },
  ];
  const { functions = [], detail } = contract;
  return {
    title,
    note: contract.state,
    hasFocus: true,
    lines: [
      ...facts(list, width, FACT_COLUMNS),
      ...(detail === undefined
        ? []
        : [
            '',
            ...clean(detail)
              .split('\n')
              .flatMap((line) => wrapped(line, width)),
          ].map((line): Line => [plain(line)])),
      [],
      heading(
        `FUNCTIONS ${functions.length}`,
        functions.length === 0 ? 'known for shipped contracts once deployed' : '',
      ),
      ...functions.map(
        (each): Line => [
          plain(`  ${clean(each.name).padEnd(NAME_COLUMNS)}`),
          toned('accent', `@${each.scope}`.padEnd(SCOPE_COLUMNS)),
          toned('dim', each.isConst ? ' reads only' : ''),
        ],
      ),
      [],
      [toned('dim', `rxctl call ${clean(contract.fullName ?? name)} FUNCTION … reads or sends`)],
    ],
  };
}
