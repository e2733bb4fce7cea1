// What Pulumi runs: the settings of the stack, and what follows from them.
import { join, resolve } from 'node:path';
import { Config, getStack } from '@pulumi/pulumi';
import { deploy } from './program.ts';
import { readSettings } from './settings.ts';

const BASE = resolve(import.meta.dirname, '..');
const settings = readSettings(new Config('rexnet'), getStack(), BASE);

export const { testnet, grafana } = deploy(settings, join(BASE, '..', 'charts', 'rexnet'));
