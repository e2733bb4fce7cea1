import { startServers } from '@rexnet/node/rpc/server.ts';
import { MemoryBackend } from '@rexnet/node/rpc/testing/memory-backend.ts';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import { createTelemetry } from '@rexnet/node/telemetry/telemetry.ts';
import { expect, test } from 'vitest';
import { systemClock } from '../kube/clock.ts';
import type { Whose } from './answer.ts';
import { GrpcSource } from './grpc-source.ts';

test('a node is asked by its own service: where it stands, and what it has done', async () => {
  const log = createLog({ level: 'silent', base: {} });
  const any = { host: '127.0.0.1', port: 0 };
  const { metrics } = createTelemetry('node');
  const backend = new MemoryBackend();
  backend.addBlock('genesis');
  const servers = await startServers({ backend, log, metrics }, { grpc: any, peerGrpc: any });
  const source = new GrpcSource(systemClock);
  try {
    const answer = await source.ask(`127.0.0.1:${servers.grpc.port}`, AbortSignal.timeout(5_000));
    expect(answer).toMatchObject({
      inSync: true,
      owners: [0, 1, 0, 1],
      groups: [{ group: 0, height: 4, timestampMs: 4_000 }],
      work: { beatMs: 1_000, blocks: 4, transactions: 70, invocations: 120, gas: 3_400_000 },
    });
    const { networkId = '', group } = answer ?? {};
    const whose = { genesisId: `${networkId}abcdef`, ...(group === undefined ? {} : { group }) };
    const ask = (of: Whose) => source.ask(`127.0.0.1:${servers.grpc.port}`, AbortSignal.timeout(5_000), of);
    expect(await ask(whose)).toEqual(answer);
    expect(await ask({ ...whose, genesisId: 'ffffffffff' }), 'of another network').toBeUndefined();
    expect(await ask({ ...whose, group: 7 }), 'of another group').toBeUndefined();
    expect(await source.ask('127.0.0.1:1', AbortSignal.timeout(5_000))).toBeUndefined();
  } finally {
    source.close();
    await servers.stop();
  }
});
