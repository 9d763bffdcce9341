import { describe, expect, it } from 'vitest';
import type { RedactionRuleConfig } from '../../../src/config/config.ts';
import { Reporter } from '../../../src/reporter.ts';
import { Redactor } from '../../../src/telemetry/redaction/redactor.ts';

function redact(rule: RedactionRuleConfig, text: string): string {
  return new Redactor({ redact: [rule], reporter: new Reporter({ level: 'silent' }) }).text(text);
}

describe('e-mail addresses (T8)', () => {
  it.each([
    ['write to jo.doe+x@mail.example.com, please', 'write to [redacted], please'],
    ['<a@b.co> and <c@d.org>', '<[redacted]> and <[redacted]>'],
    ['jürgen@bücher.example', '[redacted]'],
    [`${'a'.repeat(80)}@host.example`, `${'a'.repeat(16)}[redacted]`],
  ])('masks %s', (text, masked) => expect(redact('emails', text)).toBe(masked));

  it.each(['@mention and npm i @scope/name', 'user@localhost', 'a@b', '5 @ 3.50', 'x@1.2.3.4'])(
    'leaves %s',
    (text) => expect(redact('emails', text)).toBe(text),
  );

  it('leaves JSON whole where an address follows an escape', () => {
    const value = { text: 'hi\nnora@host.example\u0001bob@host.example\\tom@host.example' };
    const masked = redact('emails', JSON.stringify(value));
    expect(masked).not.toContain('host.example');
    expect(JSON.parse(masked).text).toMatch(/^hi\n/);
  });
});

describe('payment cards (T8)', () => {
  const visa = `4111${'1'.repeat(12)}`;
  const amex = '378282' + '246310005';

  it.each([
    [`card ${visa}.`, 'card [redacted].'],
    ['card 4111 1111 1111 1111 please', 'card [redacted] please'],
    ['2024-11-21 1234 4111-1111-1111-1111', '2024-11-21 1234 [redacted]'],
    [`${amex} or 3782 822463 10005`, '[redacted] or [redacted]'],
    [`{"n":${visa},"s":"${visa}"}`, '{"n":0,"s":"[redacted]"}'],
  ])('masks %s', (text, masked) => expect(redact('cards', text)).toBe(masked));

  it.each([
    '4111111111111112',
    '1763726400123456789',
    '41111111111111111111111',
    '0.4111111111111111',
    '12345678901234',
    '2024-11-21 10:11:12',
  ])('leaves %s', (text) => expect(redact('cards', text)).toBe(text));
});
