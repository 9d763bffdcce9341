/**
 * A program that asks a provider and forgets the answer: with `instrumented` as its argument under the SDK's eyes.
 * Nobody listens at the address, so the promise rejects and nobody handles it.
 */
import process from 'node:process';
import { init, instrument } from 'agentops';
import { PROVIDERS } from './provider-case.ts';

const [name, mode] = process.argv.slice(2);
const provider = PROVIDERS.find((candidate) => candidate.name === name);
if (mode === 'instrumented') init({ exporters: [], logs: { level: 'silent' } });
provider?.connect('http://127.0.0.1:1', mode === 'instrumented' ? instrument : (client) => client).create();
