import { describe, expect, it } from 'vitest';
import { Reporter } from '../../../src/reporter.ts';
import { Redactor } from '../../../src/telemetry/redaction/redactor.ts';
import { characters, PLANTED } from './planted.ts';

function redactor(): Redactor {
  return new Redactor({ redact: ['secrets'], reporter: new Reporter({ level: 'silent' }) });
}

/** Where a secret may stand; what follows it is not of its alphabet. */
const PLACES: Readonly<Record<string, (secret: string) => string>> = {
  alone: (secret) => secret,
  'in prose': (secret) => `Use ${secret} from now on.`,
  'on a line of its own': (secret) => `these are the keys:\n${secret}\nkeep them`,
  'in JSON': (secret) =>
    JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: `a\n${secret}\tb` }] }]),
  'in JSON inside JSON': (secret) =>
    JSON.stringify({ arguments: JSON.stringify({ text: `"x"\n${secret}\n` }) }),
  'in a URL': (secret) => `https://host.example/path?x=${secret}&y=2`,
};

describe('secrets known by their look (T8)', () => {
  describe.each(Object.entries(PLACES))('%s', (_, place) => {
    it.each(PLANTED)('masks $kept…', ({ rule, kept, secret }) => {
      const isUrl = rule === 'url_password';
      const redacting = redactor();
      const masked = redacting.text(place(kept + secret + (isUrl ? '@db.example/x' : '')));
      for (const part of secret.split(/[\s,]+/).filter((piece) => /\d/.test(piece) && piece.length > 8)) {
        expect(masked).not.toContain(part);
      }
      expect(masked).toContain(`${kept.trim()}`);
      expect(redacting.masks).toHaveProperty([rule], 1);
    });
  });

  it.each([
    'task-management-and-risk-assessment-2024',
    'the sk-learn documentation, and scikit-learn-contrib-extra',
    'a bearer of good tidings; Basic understanding of JavaScript',
    'https://host.example:8080/a@b?x=y@z',
    'mailto://someone, http://localhost:3000/?redirect=a:b@c',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'chatcmpl-CfV2Yx0aXkTqkDfWcJ3m9uJbB4zQ1 call_Xb1 msg_01AbCd toolu_01XyZ9 gpt-4o-2024-08-06',
    '01936b1e-8f2a-7c3d-9e4f-5a6b7c8d9e0f',
    'hf_transfer, npm_config_registry and ghp_ are names',
    'eyJust.a.word and prettyJson.value.here',
  ])('leaves %s', (text) => {
    const redacting = redactor();
    expect(redacting.text(text)).toBe(text);
    expect(redacting.masks).toEqual({});
  });

  it('masks a private key that was cut off, up to the quote that ends its text', () => {
    const cut = JSON.stringify({ key: `-----BEGIN PRIVATE KEY-----\n${characters(64)}\n${characters(20)}` });
    expect(JSON.parse(redactor().text(cut))).toEqual({ key: '-----BEGIN PRIVATE KEY-----[redacted]' });
  });

  it('masks the password of every connection string, and nothing else of it', () => {
    const pass = characters(10);
    expect(redactor().text(`postgres://app:${pass}@db:5432/x redis://:${pass}@cache:6379`)).toBe(
      'postgres://app:[redacted]@db:5432/x redis://:[redacted]@cache:6379',
    );
    expect(redactor().text(`Server=db;User Id=sa;Password=${pass};Encrypt=true`)).toBe(
      'Server=db;User Id=sa;Password=[redacted];Encrypt=true',
    );
  });
});
