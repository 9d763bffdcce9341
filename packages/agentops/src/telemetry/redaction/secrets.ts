import { type CountMasks, MASK, type TextRule } from './rule.ts';

/**
 * A secret that is known by its look. `before` and `anchor` are how it begins, `kept` is what follows of that
 * beginning, and `masked` is the secret itself: what is masked begins after the part that says what it was.
 *
 * The anchor is a rare character of the beginning: the regular expression of all rows together stops only at anchors,
 * which takes a tenth of the time of looking for every beginning.
 *
 * Quantifiers are bounded, or are followed by nothing that could fail; where one may fail, `before` sees to it that no
 * second row starts inside the first: the whole is linear.
 */
interface SecretPattern {
  readonly name: string;
  /** Regular expressions, without capturing groups. */
  readonly before: string;
  readonly anchor: string;
  readonly kept: string;
  readonly masked: string;
}

/** The beginning of a word, also right after one of JSON's escapes (`\n`, `\u0009`), whose last letter is no part of it. */
const START = String.raw`(?:^|[^A-Za-z0-9]|\\[bfnrt]|\\u[0-9a-fA-F]{4})`;
/** The same where `-` and `_` are letters too. */
const LONG_START = String.raw`(?:^|[^A-Za-z0-9_-]|\\[bfnrt]|\\u[0-9a-fA-F]{4})`;

/** A digit is near: names of classes and packages are words alone. */
const HAS_DIGIT = '(?=[A-Za-z0-9_.-]{0,31}[0-9])';

/**
 * What follows the header of a private key: lines of base64, whose ends may be escaped, and the footer where it is not
 * cut off.
 */
const PRIVATE_KEY_BODY = String.raw`(?:[A-Za-z0-9+/=\s:,]|\\{1,8}[nr]|-(?!----))+(?:-----END [A-Z0-9 ]{0,40}-----)?`;

const PATTERNS: readonly SecretPattern[] = [
  {
    // OpenAI, Anthropic, OpenRouter, DeepSeek; GitLab; Slack; PyPI; xAI, Perplexity, NVIDIA, Tavily; Google; Postman
    name: 'api_key',
    before: `${START}(?:sk|glpat|xox[a-z]|xapp|pypi|xai|pplx|nvapi|tvly|GOCSPX|PMAK)`,
    anchor: '-',
    kept: '',
    masked: `${HAS_DIGIT}[A-Za-z0-9_.-]{16,}`,
  },
  {
    // GitHub; Hugging Face; npm; Stripe; Groq; Docker; LangSmith; Replicate; Shopify; Linear; Grafana; DigitalOcean; Notion
    name: 'api_key',
    before: `${START}(?:gh[oprsu]|github_pat|hf|npm|[rs]k_(?:live|test)|whsec|gsk|dckr_pat|lsv2_[ps]t|r8|shp(?:at|ca|pa|ss)|lin_api|glsa|do[opr]_v1|ntn)`,
    anchor: '_',
    kept: '',
    masked: `${HAS_DIGIT}[A-Za-z0-9_]{16,}`,
  },
  {
    // SendGrid; HashiCorp Vault; Google's access tokens
    name: 'api_key',
    before: `${START}(?:SG|hv[bs]|ya29)`,
    anchor: String.raw`\.`,
    kept: '',
    masked: `${HAS_DIGIT}[A-Za-z0-9_.-]{20,}`,
  },
  {
    // With the secret, where that follows its id
    name: 'aws_key',
    before: `${START}A[KS]`,
    anchor: 'I',
    kept: 'A',
    masked: '[A-Z0-9]{16}(?![A-Za-z0-9])(?:[ \\t,;:]{1,4}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=]))?',
  },
  { name: 'api_key', before: `${START}A`, anchor: 'I', kept: 'za', masked: '[A-Za-z0-9_-]{30,}' },
  {
    name: 'jwt',
    before: `${LONG_START}ey`,
    anchor: 'J',
    kept: '',
    masked: String.raw`[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}`,
  },
  {
    name: 'private_key',
    before: '-----',
    anchor: 'B',
    kept: 'EGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----',
    masked: PRIVATE_KEY_BODY,
  },
  {
    name: 'bearer',
    before: START,
    anchor: '[Bb]',
    kept: String.raw`(?:earer|EARER)[ \t]{1,4}`,
    masked: '[A-Za-z0-9._~+/=-]{16,}',
  },
  {
    // Base64 of `user:password`: no word of prose has such capitals
    name: 'basic',
    before: START,
    anchor: '[Bb]',
    kept: String.raw`(?:asic|ASIC)[ \t]{1,4}`,
    masked: '(?=[A-Za-z0-9+/][a-z]{0,63}[A-Z0-9+/=])[A-Za-z0-9+/]{11,}={0,2}',
  },
];

const ANCHORS = '[-_.IJBb]';

/** What follows is asked first: most anchors are a hyphen, a full stop or a `b` of prose. */
const SECRET = new RegExp(
  `${ANCHORS}(?=[A-Za-z0-9_-])(?:${PATTERNS.map(
    ({ before, anchor, kept, masked }) =>
      `${kept === '' ? '' : `(?=${kept})`}(?<=${before}${anchor})${kept}(${masked})`,
  ).join('|')})`,
);
const SECRETS = new RegExp(SECRET.source, 'g');

/** Nothing shorter matches any row. */
const SHORTEST_TOKEN = 17;

/** `scheme://user:password@`. Its parts stop at `/`, so that no stretch of text is looked at twice. */
const URL_PASSWORD = /:\/\/[^\s/?#"'\\<>@:]{0,128}:(?!\[redacted\]@)([^\s/?#"'\\<>]{1,256})(?=@)/g;

/** Keys, tokens and passwords that are known by their look. */
export const secretPatterns: TextRule = {
  name: 'secrets',
  /** Of `://:x@`. */
  shortest: 6,
  mask(text, _key, count) {
    // Most texts have none: asking costs a fraction of replacing nothing.
    const masked = text.length >= SHORTEST_TOKEN && SECRET.test(text) ? maskSecrets(text, count) : text;
    if (!masked.includes('@') || !masked.includes('://')) return masked;
    return masked.replace(URL_PASSWORD, (match: string, password: string) => {
      count('url_password');
      return match.slice(0, -password.length) + MASK;
    });
  },
};

function maskSecrets(text: string, count: CountMasks): string {
  return text.replace(SECRETS, (match: string, ...groups: unknown[]) => {
    const row = groups.findIndex((group) => group !== undefined);
    count(PATTERNS[row]?.name ?? 'secrets');
    return match.slice(0, -String(groups[row]).length) + MASK;
  });
}
