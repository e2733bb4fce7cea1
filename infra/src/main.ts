// What Pulumi runs: the settings of the stack, and what follows from them.
import { join, resolve } from 'node:path';
import { Config, getStack, RunError, runtime } from '@pulumi/pulumi';
import { deploy } from './program.ts';
import { readSettings, type Settings, SettingsError, type Source } from './settings.ts';

const PREFIX = 'rexnet:';
const BASE = resolve(import.meta.dirname, '..');
const config = new Config('rexnet');
const source: Source = {
  keys: Object.keys(runtime.allConfig()).flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : [])),
  get: (key) => config.get(key),
  getObject: (key) => config.getObject(key),
};

/** Of what a person set wrong Pulumi shows the sentence alone, and of everything else the stack too. */
function settingsOf(stack: string): Settings {
  try {
    return readSettings(source, stack, BASE);
  } catch (error) {
    throw error instanceof SettingsError ? new RunError(error.message) : error;
  }
}

export const { testnet, look, grafana, kubeconfig } = deploy(
  settingsOf(getStack()),
  join(BASE, '..', 'charts', 'rexnet'),
);
