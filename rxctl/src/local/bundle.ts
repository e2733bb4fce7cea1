// What a report holds of a network of this machine besides what every report holds: the files it was started with, what the
// machine is fit for, and what its programs measure.
import { quickChecks } from '../doctor.ts';
import { fetchText, json } from '../report-bundle.ts';
import type { ReportPart } from '../site.ts';
import { addressOf } from './children.ts';
import { readIfThere } from './files.ts';
import type { Folders } from './folders.ts';
import { quickFacts } from './machine.ts';
import { readState } from './state.ts';

export function localParts(folders: Folders): readonly ReportPart[] {
  const file = (path: string): string => {
    const text = readIfThere(path);
    if (text === undefined) throw new Error('there is none');
    return text;
  };
  return [
    { name: 'state.json', make: () => file(folders.state) },
    { name: 'progress.json', make: () => file(folders.progress) },
    { name: 'load.json', make: () => file(folders.loadReport) },
    { name: 'doctor.json', make: () => doctorFacts(folders) },
    ...metricParts(folders),
  ];
}

function doctorFacts(folders: Folders): string {
  const spec = readState(folders)?.spec;
  if (spec === undefined) throw new Error('the network has no state yet');
  return json(quickChecks(quickFacts(folders.root), spec.groups * spec.nodesPerGroup, spec.groups));
}

function metricParts(folders: Folders): readonly ReportPart[] {
  const ports = readState(folders)?.ports ?? {};
  return Object.keys(ports)
    .filter((port) => port.endsWith('.metrics'))
    .sort()
    .map((port) => ({
      name: `metrics/${port.slice(0, -'.metrics'.length)}.txt`,
      make: () => fetchText(`http://${addressOf(ports, port)}/metrics`),
    }));
}
