// npm run image: sets up what is missing and builds the container image, or bitcoind's with --bitcoind. docs/image.md says more.
import { runScript, setUp } from './setup.mjs';

await runScript(async () => {
  await setUp({ dev: false, script: import.meta.url });
  const { main } = await import('./image/main.ts');
  return main(process.argv.slice(2));
});
