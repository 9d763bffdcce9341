import { describe, expect, it } from 'vitest';
import type { RedactionRuleConfig } from '../../../src/config/config.ts';
import { Reporter } from '../../../src/reporter.ts';
import { Redactor } from '../../../src/telemetry/redaction/redactor.ts';
import { characters } from './planted.ts';

function redact(text: string, ...rules: RedactionRuleConfig[]): string {
  const redacting = new Redactor({
    redact: rules.length > 0 ? rules : ['secrets'],
    reporter: new Reporter({ level: 'silent' }),
  });
  return redacting.text(text);
}

describe('values behind a telling name (T8)', () => {
  it.each([
    'password',
    'passwd',
    'db_password',
    'userPassword',
    'secret',
    'client_secret',
    'clientSecret',
    'SecretAccessKey',
    'aws_secret_access_key',
    'api_key',
    'apiKey',
    'APIKEY',
    'x-api-key',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'private_key',
    'access_token',
    'refreshToken',
    'jwt',
    'AccountKey',
    'smtp_pass',
  ])('masks the text of "%s" in JSON, also inside strings of JSON', (key) => {
    const value = { [key]: 'swordfish', kept: 'x' };
    const masked = { [key]: '[redacted]', kept: 'x' };
    expect(redact(JSON.stringify(value))).toBe(JSON.stringify(masked));
    expect(redact(JSON.stringify(value, null, 2))).toBe(JSON.stringify(masked, null, 2));
    expect(redact(JSON.stringify({ arguments: JSON.stringify(value) }))).toBe(
      JSON.stringify({ arguments: JSON.stringify(masked) }),
    );
    expect(redact(JSON.stringify([JSON.stringify({ a: JSON.stringify(value) })]))).toBe(
      JSON.stringify([JSON.stringify({ a: JSON.stringify(masked) })]),
    );
  });

  it.each([
    '{"max_tokens":800,"total_tokens":12,"token_type":"bearer","tokens":"a b"}',
    '{"password":null,"secret":true,"api_key":12345}',
    '{"next_page_token":"abc123456","eos_token":"</s>","tokenizer":"cl100k"}',
    '{"token":" Hello","logprob":-0.3}',
    '{"secret_name":"db","password_policy":"strong","keyboard":"qwerty","key":"a","primary_key":"id","public_key":"p"}',
    '{"author":"someone","authority":"x","passed":"yes","compass":"north","monkey":"see"}',
    'The token: the smallest unit. A secret: to win, practise.',
    'const apiKey = process.env.OPENAI_API_KEY; const token = getToken();',
    'client = Client(api_key=api_key, password=password)',
    'interface Login { password: string; token: string }',
    'password=$PASSWORD token=%TOKEN% api_key=<your key>',
  ])('leaves %s', (text) => expect(redact(text)).toBe(text));

  it.each([
    ['escapes', 'a"b\\c\nd\u0001é'],
    ['a backslash at its end', 'ends with \\'],
    ['quotes alone', '"""'],
  ])('masks the whole of a text with %s, and nothing behind it', (_, password) => {
    const value = { password, next: { deeper: password, secret: password } };
    const masked = { password: '[redacted]', next: { deeper: password, secret: '[redacted]' } };
    expect(JSON.parse(redact(JSON.stringify(value)))).toEqual(masked);
    expect(JSON.parse(JSON.parse(redact(JSON.stringify(JSON.stringify(value)))))).toEqual(masked);
  });

  it('masks texts in lists', () => {
    expect(redact('{"set-cookie": ["a=1; HttpOnly", "b=2"], "other": ["c"]}')).toBe(
      '{"set-cookie": ["[redacted]", "[redacted]"], "other": ["c"]}',
    );
  });

  it('masks settings, variables, parameters and headers', () => {
    expect(redact('PASSWORD=swordfish\nAWS_SECRET_ACCESS_KEY=abcdef0123456789')).toBe(
      'PASSWORD=[redacted]\nAWS_SECRET_ACCESS_KEY=[redacted]',
    );
    expect(redact('GET /x?api_key=a1b2c3d4&page=2')).toBe('GET /x?api_key=[redacted]&page=2');
    expect(redact('Authorization: Digest username="u"\nAccept: */*')).toBe(
      'Authorization: [redacted]"u"\nAccept: */*',
    );
    expect(redact('cookie: sid=1; theme=dark\nhost: x')).toBe('cookie: [redacted]\nhost: x');
    expect(redact("{'password': 'sword fish', 'user': 'x'}")).toBe("{'password': '[redacted]', 'user': 'x'}");
    expect(redact('password: "sword fish"')).toBe('password: "[redacted]"');
  });

  it('masks what a text that is cut off has of a secret', () => {
    expect(redact('{"user":"x","password":"sword')).toBe('{"user":"x","password":"[redacted]');
  });

  it('masks whatever stands behind keys of the user’s own, with their replacement', () => {
    const rule = { keys: ['ssn', 'patient*'], replacement: '***' };
    const value = { ssn: 123456789, patientName: 'A', patients: [{ a: '}' }, 2], patient: null, other: '1' };
    const masked = { ssn: '***', patientName: '***', patients: '***', patient: '***', other: '1' };
    expect(redact(JSON.stringify(value), rule)).toBe(JSON.stringify(masked));
    expect(JSON.parse(redact(JSON.stringify({ a: JSON.stringify(value) }), rule))).toEqual({
      a: JSON.stringify(masked),
    });
    expect(redact(JSON.stringify({ password: characters(9) }), rule)).toContain(characters(9));
  });
});
