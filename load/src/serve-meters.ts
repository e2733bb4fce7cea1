// /metrics of a running generator, for as long as it runs. It knows no figures.
import { type HealthAnswers, serveTelemetry } from '@rexnet/node/telemetry/http.ts';
import { createTelemetry } from '@rexnet/node/telemetry/telemetry.ts';
import { LoadMeters } from './meters.ts';
import { LoadSpecError } from './spec.ts';

export interface ServedMeters {
  readonly meters: LoadMeters;
  stop(): Promise<void>;
}

/** `address` is HOST:PORT. */
export async function serveMeters(address: string): Promise<ServedMeters> {
  const parts = /^(.+):(\d{1,5})$/.exec(address);
  if (parts === null) throw new LoadSpecError(`--metrics ${address}: expected HOST:PORT`);
  const telemetry = createTelemetry('load');
  const meters = new LoadMeters(telemetry.metrics);
  const health: HealthAnswers = { live: () => true, ready: () => true };
  const server = await serveTelemetry(telemetry, health, { host: parts[1] ?? '', port: Number(parts[2]) });
  return { meters, stop: () => server.stop() };
}
