// The thread that checks signatures: one buffer of transactions in, one byte of verdict for each out. Keeps nothing.
import { parentPort } from 'node:worker_threads';
import { bodyOf, MessageBuffer, senderKeyOf, signatureOf } from '../core/signed-bytes.ts';
import { acceptedBySodium } from '../core/sodium.ts';
import { type CheckAnswer, type CheckJob, unpackJob, VERDICT } from './jobs.ts';

const message = new MessageBuffer();
type Rule = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** noble is loaded by the first doubtful signature: most networks never see one. */
async function ruleOf(job: CheckJob): Promise<Rule> {
  return job.rule === 'fast' ? acceptedBySodium : (await import('./zip215.ts')).validByZip215;
}

function check(job: CheckJob, accepted: Rule): Uint8Array {
  const transactions = unpackJob(job.bytes);
  const verdicts = new Uint8Array(transactions.length);
  for (const [i, transaction] of transactions.entries()) {
    const ok = accepted(signatureOf(transaction), message.of(bodyOf(transaction)), senderKeyOf(transaction));
    verdicts[i] = ok ? VERDICT.accepted : VERDICT.refused;
    // One forged signature costs its sender the connection or the block: nobody needs the rest at 1.3 ms each.
    if (!ok && job.rule === 'zip215') {
      verdicts.fill(VERDICT.undecided, i + 1);
      break;
    }
  }
  return verdicts;
}

parentPort?.on('message', async (job: CheckJob) => {
  const verdicts = check(job, await ruleOf(job));
  const answer: CheckAnswer = { id: job.id, verdicts };
  parentPort?.postMessage(answer, [verdicts.buffer as ArrayBuffer]);
});
