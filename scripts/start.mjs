// npm start: sets up what is missing, then runs `rxctl up` with testnet.yaml, its load and the live view. Arguments pass through.
import { runScript, setUp } from './setup.mjs';

await runScript(async () => {
  const { setupSeconds } = await setUp({ dev: false, script: import.meta.url });
  if (setupSeconds > 1)
    process.stderr.write(`rexnet: starting; ${setupSeconds.toFixed(1)} s of set-up are not counted below\n`);
  const { main } = await import('../rxctl/src/main.ts');
  const given = process.argv.slice(2);
  const file = given.some((word) => word === '-f' || word === '--file' || word.startsWith('--file='))
    ? []
    : ['-f', 'testnet.yaml'];
  return main(['up', ...file, ...given]);
});
