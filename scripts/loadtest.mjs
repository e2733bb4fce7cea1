// npm run loadtest: in the cluster of the current kubeconfig, installs the operator, applies a Testnet, waits for its first block,
// runs a LoadTest and writes what it found. Plain JavaScript and kubectl, so that a workflow of others needs nothing else of ours.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, summaryOf, withImages } from './loadtest-report.mjs';
import { ROOT, runScript } from './setup.mjs';

const OPERATOR = 'rexnet-operator';
const OPERATOR_NAMESPACE = 'rexnet-system';
const EXIT_USAGE = 2;
const USAGE = `usage: npm run loadtest -- [options], for the cluster of the current kubeconfig, or of REXNET_KUBECONFIG
  --testnet FILE         a Testnet, testnet.yaml by default
  --loadtest FILE        a LoadTest, loadtest.yaml by default; none: only the Testnet. It is suspended while copies of it are measured
  --namespace NAME       where both go, default by default
  --image IMAGE          of the operator and of the Testnet's pods, instead of the released one
  --bitcoind-image IMAGE
  --timeout DURATION     of everything up to the first block, 300s by default
  --load-timeout DURATION of the LoadTest, 60m by default
  --out FOLDER           for summary.md, the objects and what the operator drew, out by default
  --keep                 leave the Testnet and the operator
`;
const OPTIONS = {
  testnet: { type: 'string', default: join(ROOT, 'testnet.yaml') },
  loadtest: { type: 'string', default: join(ROOT, 'loadtest.yaml') },
  namespace: { type: 'string', default: 'default' },
  image: { type: 'string' },
  'bitcoind-image': { type: 'string' },
  timeout: { type: 'string', default: '300s' },
  'load-timeout': { type: 'string', default: '60m' },
  out: { type: 'string', default: 'out' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

const CHOSEN = process.env['REXNET_KUBECONFIG'] ?? '';
const ENVIRONMENT = CHOSEN === '' ? process.env : { ...process.env, KUBECONFIG: CHOSEN };

/** Its output, or an error with what it said. */
function kubectl(args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { stdio: ['pipe', 'pipe', 'pipe'], env: ENVIRONMENT });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'])
      child[stream].setEncoding('utf8').on('data', (text) => (said[stream] += text));
    child.once('error', reject);
    // It may end before it has read.
    child.stdin.on('error', () => undefined).end(input);
    child.once('close', (code) =>
      code === 0 ? resolve(said.stdout) : reject(new Error(`kubectl ${args.join(' ')}: ${said.stderr.trim()}`)),
    );
  });
}

function say(text) {
  process.stderr.write(`rexnet: ${text}\n`);
}

async function install(given) {
  const file = readFileSync(join(ROOT, 'install.yaml'), 'utf8');
  const text = withImages(file, { image: given.image, bitcoindImage: given['bitcoind-image'] });
  say('installing the operator and its CRDs');
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], text);
  await kubectl([
    '-n',
    OPERATOR_NAMESPACE,
    'rollout',
    'status',
    `deployment/${OPERATOR}`,
    `--timeout=${given.timeout}`,
  ]);
}

/** Applies the file and names what it holds of a kind. */
async function apply(given, file, kind) {
  const made = await kubectl(['-n', given.namespace, 'apply', '-f', file, '-o', 'name']);
  const name = made.split('\n').find((line) => line.startsWith(`${kind}.`));
  if (name === undefined) throw new Error(`${file} holds no ${kind}`);
  return name;
}

async function waitFor(given, name, what, timeout) {
  try {
    await kubectl(['-n', given.namespace, 'wait', name, `--for=${what}`, `--timeout=${timeout}`]);
  } catch (error) {
    // The object says what it waits for, and what to do.
    const described = await kubectl(['-n', given.namespace, 'describe', name]).catch(() => '');
    const log = await kubectl(['-n', OPERATOR_NAMESPACE, 'logs', `deployment/${OPERATOR}`, '--tail=50']).catch(
      () => '',
    );
    process.stderr.write(`${described}\n${log}\n`);
    throw error;
  }
}

/** Its name must not be one of the artefacts. */
async function keepObject(given, name, file) {
  const text = await kubectl(['-n', given.namespace, 'get', name, '-o', 'json']);
  writeFileSync(join(given.out, file), text);
  return JSON.parse(text);
}

/** What the operator keeps of a LoadTest: readings, tables, charts. */
async function keepArtefacts(given, name) {
  const text = await kubectl([
    '-n',
    given.namespace,
    'get',
    'configmap',
    `${name}-loadtest`,
    '--ignore-not-found',
    '-o',
    'json',
  ]);
  const { data = {} } = text === '' ? {} : JSON.parse(text);
  for (const [file, content] of Object.entries(data)) writeFileSync(join(given.out, basename(file)), content);
}

/** To the workflow this runs in, when it runs in one. */
function tellGitHub(variable, text) {
  const file = process.env[variable];
  if (file !== undefined && file !== '') appendFileSync(file, text);
}

async function run(given) {
  mkdirSync(given.out, { recursive: true });
  await install(given);
  const testnet = await apply(given, given.testnet, 'testnet');
  const made = [testnet];
  try {
    await waitFor(given, testnet, 'condition=FirstBlock', given.timeout);
    const seen = await keepObject(given, testnet, 'testnet-object.json');
    say(`first block of all groups after ${seen.status?.firstBlockAfter ?? 'an unknown time'}`);
    tellGitHub('GITHUB_OUTPUT', `first-block-after=${seen.status?.firstBlockAfter ?? ''}\n`);
    if (given.loadtest === 'none') return 0;
    return await measure(given, { testnet, seen, made });
  } finally {
    if (!given.keep) await remove(given, made.toReversed());
  }
}

/** What is made is added to `made`. */
async function measure(given, { testnet, seen, made }) {
  say(`suspending ${testnet}: copies of it are measured, and the machines are for them`);
  await suspend(given, testnet, true);
  try {
    const loadtest = await apply(given, given.loadtest, 'loadtest');
    made.push(loadtest);
    say('measuring; kubectl get lt -w shows how far it is');
    // One that is refused as it is asked for has a verdict and is never complete.
    await waitFor(given, loadtest, 'jsonpath={.status.verdict}', given['load-timeout']);
    const measured = await keepObject(given, loadtest, 'loadtest-object.json');
    await keepArtefacts(given, measured.metadata.name);
    const summary = summaryOf(measured, seen);
    writeFileSync(join(given.out, 'summary.md'), summary);
    process.stdout.write(summary);
    tellGitHub('GITHUB_STEP_SUMMARY', summary);
    tellGitHub('GITHUB_OUTPUT', `verdict=${measured.status?.verdict ?? ''}\n`);
    return exitCodeOf(measured);
  } finally {
    if (given.keep) await suspend(given, testnet, false);
  }
}

async function suspend(given, testnet, isSuspended) {
  const change = JSON.stringify({ spec: { suspend: isSuspended } });
  await kubectl(['-n', given.namespace, 'patch', testnet, '--type=merge', '-p', change]);
}

async function remove(given, names) {
  say(`deleting ${names.join(' and ')}; the operator and its CRDs stay`);
  await kubectl(['-n', given.namespace, 'delete', ...names, '--ignore-not-found', `--timeout=${given.timeout}`]);
}

await runScript(async () => {
  let given;
  try {
    given = parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}`);
    return EXIT_USAGE;
  }
  if (given.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return run(given);
});
