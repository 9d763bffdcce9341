/**
 * What redaction costs: time for one text, with the default rules and with all, for texts as they are and for texts made
 * to be slow. No hostile text of 64 KB may take 5 ms.
 */
import { cpuUsage } from 'node:process';
import { Reporter } from '../packages/agentops/dist/reporter.js';
import { Redactor } from '../packages/agentops/dist/telemetry/redaction/redactor.js';
import { USUAL_CHAT } from './support/chat.ts';
import { table } from './support/table.ts';

const ROUNDS = 41;
const LIMIT_MS = 5;
const BYTES = 64 * 1024;

const fill = (piece: string): string => piece.repeat(Math.ceil(BYTES / piece.length)).slice(0, BYTES);
const hex = '0123456789abcdef9f8e7d6c5b4a3021';
const base64url = 'Ab3_dE7-gH1jK9mN2pQ4rS6tU8vW0xY5zEyJ';

const HOSTILE: Readonly<Record<string, string>> = {
  hex: fill(hex),
  base64url: fill(base64url),
  'nested brackets': fill('[{"a":').slice(0, BYTES / 2) + ']}'.repeat(BYTES / 4),
  'many @': fill('@'),
  'many a@': fill('a@'),
  'many local parts': fill('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.'),
  'many domains': fill(`@${'a.'.repeat(40)}`),
  'many eyJ': fill('eyJ'),
  'many -eyJ': fill('-eyJ'),
  'many eyJ, parts': fill('.eyJaaaaaaaa.b'),
  'many sk-': fill('sk-'),
  'many hf_': fill(' hf_'),
  'long digits': fill('4'),
  'many digits': fill('4111 '),
  'many digits, dashes': fill('4-'),
  'many ://': fill('://'),
  'many ://a:': fill('://a:a@'),
  'many PEM headers': fill('-----BEGIN PRIVATE KEY-----'),
  'many keys of JSON': fill('"password":"'),
  'many keys of lists': fill('"password":['),
  'many assignments': fill('a_token=b_token:'),
  'many different names': Array.from({ length: 12_000 }, (_, index) => `k${index}:`)
    .join('')
    .slice(0, BYTES),
  'many backslashes': fill('\\'),
  'many escaped quotes': fill('"token":"\\\\\\"'),
  'many colons': fill(':'),
  'many Bearer': fill('Bearer '),
  spaces: fill(' '),
};

const reporter = new Reporter({ level: 'silent' });
const secrets = new Redactor({ redact: ['secrets'], reporter });
const all = new Redactor({ redact: ['secrets', 'emails', 'cards'], reporter });

/** The middle of many rounds of `repeat` texts each, in ms of CPU time for one; the compiler has had its time before. */
function millisFor(redactor: Redactor, text: string, repeat: number): number {
  const samples = Array.from({ length: ROUNDS * 2 }, () => {
    const before = cpuUsage();
    for (let count = 0; count < repeat; count += 1) redactor.text(text, 'gen_ai.input.messages');
    const { user, system } = cpuUsage(before);
    return (user + system) / 1000 / repeat;
  }).slice(ROUNDS);
  return samples.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

const messages = JSON.stringify(
  USUAL_CHAT.request.messages.map(({ role, content }) => ({ role, parts: [{ type: 'text', content }] })),
);
const usual = {
  bytes: messages.length,
  secretsMicros: millisFor(secrets, messages, 500) * 1000,
  allMicros: millisFor(all, messages, 500) * 1000,
};
const hostile = Object.entries(HOSTILE).map(([name, text]) => ({
  name,
  secretsMs: millisFor(secrets, text, 1),
  allMs: millisFor(all, text, 1),
}));
const slowest = Math.max(...hostile.map(({ allMs }) => allMs));

console.log(`Messages of a usual call, ${usual.bytes} bytes: ${usual.secretsMicros.toFixed(1)} µs with the default rules, ${usual.allMicros.toFixed(1)} µs with all

${table([
  ['64 KB of', 'secrets, ms', 'all rules, ms'],
  ...hostile.map(({ name, secretsMs, allMs }) => [name, secretsMs.toFixed(2), allMs.toFixed(2)]),
])}

the slowest: ${slowest.toFixed(2)} ms (limit ${LIMIT_MS} ms)
`);
console.log(JSON.stringify({ node: process.version, usual, hostile, slowest, limitMs: LIMIT_MS }));
if (slowest >= LIMIT_MS) process.exitCode = 1;
