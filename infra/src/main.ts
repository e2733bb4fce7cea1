// What Pulumi runs: the settings of the stack, and what follows from them.
import { join, resolve } from 'node:path';
import { Config, getStack, runtime } from '@pulumi/pulumi';
import { deploy } from './program.ts';
import { readSettings, type Source } from './settings.ts';

const PREFIX = 'rexnet:';
const BASE = resolve(import.meta.dirname, '..');
const config = new Config('rexnet');
const source: Source = {
  keys: Object.keys(runtime.allConfig()).flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : [])),
  get: (key) => config.get(key),
  getObject: (key) => config.getObject(key),
};
const settings = readSettings(source, getStack(), BASE);

export const { testnet, look, grafana, kubeconfig } = deploy(settings, join(BASE, '..', 'charts', 'rexnet'));
