/** Secrets that are none, put together here so that no scanner takes them for real ones. */

/** Characters that look like chance, the same in every run. */
export function characters(count: number, alphabet = 'aB3dE7gH1jK9mN2pQ4rS6tU8vW0xY5z'): string {
  return Array.from({ length: count }, (_, index) => alphabet[(index * 7 + 2) % alphabet.length]).join('');
}

const HEX = '0123456789abcdef';
const UPPER = 'A2B3C4D5E6F7G2H3J4';

/** By the rule that masks it: how it begins, which may stay, and the rest, which must not. */
export const PLANTED: readonly { readonly rule: string; readonly kept: string; readonly secret: string }[] = [
  { rule: 'api_key', kept: 'sk-', secret: characters(48) },
  { rule: 'api_key', kept: 'sk-', secret: `proj-${characters(20)}_${characters(30)}-${characters(9)}` },
  { rule: 'api_key', kept: 'sk-', secret: `ant-api03-${characters(90)}-${characters(6)}AA` },
  { rule: 'api_key', kept: 'sk-', secret: `or-v1-${characters(64, HEX)}` },
  { rule: 'api_key', kept: 'ghp_', secret: characters(36) },
  { rule: 'api_key', kept: 'gho_', secret: characters(36) },
  { rule: 'api_key', kept: 'github_pat_', secret: `${characters(22)}_${characters(59)}` },
  { rule: 'api_key', kept: 'glpat-', secret: characters(20) },
  { rule: 'api_key', kept: 'xoxb-', secret: `12345678901-12345678901-${characters(24)}` },
  { rule: 'api_key', kept: 'xapp-', secret: `1-A0123-12345-${characters(64, HEX)}` },
  { rule: 'api_key', kept: 'AIza', secret: characters(35) },
  { rule: 'api_key', kept: 'ya29.', secret: characters(60) },
  { rule: 'api_key', kept: 'hf_', secret: characters(34) },
  { rule: 'api_key', kept: 'npm_', secret: characters(36) },
  { rule: 'api_key', kept: 'SG.', secret: `${characters(22)}.${characters(43)}` },
  { rule: 'api_key', kept: 'sk_live_', secret: characters(24) },
  { rule: 'api_key', kept: 'rk_live_', secret: characters(24) },
  { rule: 'api_key', kept: 'gsk_', secret: characters(52) },
  { rule: 'api_key', kept: 'xai-', secret: characters(80) },
  { rule: 'api_key', kept: 'r8_', secret: characters(37) },
  { rule: 'api_key', kept: 'hvs.', secret: characters(90) },
  { rule: 'aws_key', kept: 'AKIA', secret: characters(16, UPPER) },
  { rule: 'aws_key', kept: 'ASIA', secret: characters(16, UPPER) },
  { rule: 'aws_key', kept: 'AKIA', secret: `${characters(16, UPPER)}, ${characters(40)}` },
  { rule: 'jwt', kept: 'eyJ', secret: `${characters(33)}.eyJ${characters(70)}.${characters(43)}` },
  { rule: 'bearer', kept: 'Bearer ', secret: characters(40) },
  { rule: 'bearer', kept: 'bearer ', secret: `${characters(20)}.${characters(20)}=` },
  { rule: 'basic', kept: 'Basic ', secret: `${characters(30)}==` },
  {
    rule: 'private_key',
    kept: '-----BEGIN RSA PRIVATE KEY-----',
    secret: `\n${characters(64)}\n${characters(64)}\n${characters(30)}==\n-----END RSA PRIVATE KEY-----`,
  },
  {
    rule: 'private_key',
    kept: '-----BEGIN ENCRYPTED PRIVATE KEY-----',
    secret: `\r\nProc-Type: 4,ENCRYPTED\r\n\r\n${characters(64)}\r\n${characters(60)}`,
  },
  { rule: 'url_password', kept: 'postgres://app:', secret: characters(12) },
];
