// The pane of contracts: what spec.contracts asked for, and how far each has come.
import type { ContractSight } from '../sources/source.ts';
import { clean, type Line, plain, type Span, type Tone, toned } from './line.ts';
import { contractsOf } from './lists.ts';
import { type Model, placeOf } from './model.ts';
import type { Pane } from './pane.ts';
import { MARK } from './table.ts';

const LOOKS: Readonly<Record<ContractSight['state'], { readonly icon: string; readonly tone: Tone }>> = {
  Deployed: { icon: '✔', tone: 'good' },
  Waiting: { icon: '◌', tone: 'dim' },
  Failed: { icon: '✖', tone: 'bad' },
};

export function contractLook({ state }: ContractSight): { readonly icon: string; readonly tone: Tone } {
  return LOOKS[state];
}

/** Side by side in one line; the chosen one is always seen. */
export function contractsPane(model: Model, width: number): Pane {
  const { snapshot, ui } = model;
  const place = placeOf(ui);
  const hasFocus = place.kind === 'overview' && ui.focus === 'contracts';
  const all = contractsOf(snapshot);
  const chosen = hasFocus ? Math.min(place.chosen, all.length - 1) : -1;
  const cells = all.map((contract, index) => cellOf(contract, index === chosen));
  const first = firstShown(cells, chosen, width);
  const lines = all.length === 0 ? [[toned('dim', 'spec.contracts is empty')]] : [cells.slice(first).flat()];
  return { title: `CONTRACTS ${all.length}`, hasFocus, lines };
}

function cellOf(contract: ContractSight, isChosen: boolean): Line {
  const { icon, tone } = contractLook(contract);
  const name = clean(contract.fullName ?? contract.name);
  const id = contract.id === undefined ? '' : ` #${contract.id}`;
  const word = contract.state === 'Deployed' ? '' : ` ${contract.state.toLowerCase()}`;
  return [
    toned(isChosen ? 'accent' : undefined, isChosen ? MARK : '  '),
    toned(tone, `${icon} `),
    toned(isChosen ? 'strong' : undefined, name),
    toned('dim', `${id}${word}`),
  ] satisfies readonly Span[];
}

function firstShown(cells: readonly Line[], chosen: number, width: number): number {
  let used = 0;
  for (let first = Math.max(0, chosen); first >= 0; first--) {
    used += (cells[first] ?? [plain('')]).reduce((sum, { text }) => sum + text.length, 0);
    if (used > width) return Math.min(first + 1, Math.max(0, chosen));
  }
  return 0;
}
