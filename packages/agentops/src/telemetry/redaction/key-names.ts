import type { RedactionKeys } from '../../config/pipeline-options.ts';
import { MASK } from './rule.ts';

/** Why a value is masked for its key, whatever it looks like. */
export interface KeyRule {
  /** Stands in figures. */
  readonly name: string;
  readonly replacement: string;
  /**
   * `text`: texts alone. `opaque`: texts of eight characters or more without a space. `anything`: also numbers, lists
   * and objects.
   */
  readonly masks: 'text' | 'opaque' | 'anything';
  /** Its value is a password: outside JSON too it may look like any word. */
  readonly isPassword: boolean;
}

/** In every name that says it is secret: the quick test for all others. */
const STEMS = ['pass', 'pwd', 'secret', 'credential', 'auth', 'cookie', 'jwt', 'token', 'key'];
const STEM = new RegExp(STEMS.join('|'), 'i');
const STEM_LETTERS = STEMS.map(lettersOf);

const PASSWORDS = new Set(['password', 'passwords', 'passwd', 'passphrase', 'passcode', 'pwd']);

const SECRETS = new Set([
  ...PASSWORDS,
  'secret',
  'secrets',
  'credential',
  'credentials',
  'authorization',
  'cookie',
  'cookies',
  'apikey',
  'authtoken',
  'accesstoken',
  'refreshtoken',
  'accesskey',
  'secretkey',
  'privatekey',
  'clientsecret',
  'jwt',
]);

/** Of a name that ends in `key`: what stands before it. */
const SECRET_KEYS = new Set(
  'api private access secret signing encryption ssh auth account shared master service admin'.split(' '),
);
/** Of a name that ends in `pass`: what stands before it. */
const PASS_OWNERS = new Set('db database user smtp mysql postgres pg redis ftp admin root proxy'.split(' '));
/** Of a name that ends in `token`: tokens that pages and tokenizers have. */
const OPEN_TOKENS = new Set(
  'page next prev previous continuation start end eos bos pad unk sep cls stop special sync last first'.split(
    ' ',
  ),
);
/** The last word of a name that says something about a secret, and not the secret itself. */
const ABOUT = new Set(
  'name id ids arn ref type kind count counts length limit budget usage index policy hint url uri path file expiry expires expiration at in ttl age required enabled present valid status field error version rotation manager source scanner detected'.split(
    ' ',
  ),
);

/** Segments of an attribute's name that only say how its value is written. */
const PLAIN_SEGMENT = /\.(?:value|raw|text|string|plain|\d+)$/i;

const BUILT_IN: KeyRule = { name: 'secret_key', replacement: MASK, masks: 'text', isPassword: false };
const PASSWORD: KeyRule = { ...BUILT_IN, isPassword: true };
/** In the log probabilities of a model a token is a piece of a word. */
const TOKEN: KeyRule = { ...BUILT_IN, masks: 'opaque' };

const MAX_CACHED_NAMES = 2000;

/** Which names of attributes, and which keys of JSON, have values that are masked. */
export class KeyNames {
  readonly #users: readonly { readonly pattern: RegExp; readonly rule: KeyRule }[];
  readonly #hasBuiltIn: boolean;
  /** Null for names of no concern, which most are: they are looked up once. */
  readonly #known = new Map<string, KeyRule | null>();

  /** @param builtIn Whether names that say `password`, `api_key`, `token` and the like count. */
  constructor(builtIn: boolean, users: readonly RedactionKeys[]) {
    this.#hasBuiltIn = builtIn;
    this.#users = users.flatMap(({ keys, replacement = MASK }) =>
      keys.map((key) => ({
        pattern: wildcard(key),
        rule: { name: `key ${key}`, replacement, masks: 'anything', isPassword: false },
      })),
    );
  }

  get isEmpty(): boolean {
    return !this.#hasBuiltIn && this.#users.length === 0;
  }

  /** False where no name of these letters is of any concern; see {@link lettersOf}. */
  mayMatch(letters: number): boolean {
    if (this.#users.length > 0) return true;
    for (const stem of STEM_LETTERS) if ((letters & stem) === stem) return true;
    return false;
  }

  /** The rule that masks values of this name; undefined for names of no concern. */
  of(name: string): KeyRule | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known ?? undefined;
    const rule =
      this.#users.find(({ pattern }) => pattern.test(name))?.rule ??
      (this.#hasBuiltIn && STEM.test(name) ? secretName(name) : undefined);
    if (this.#known.size >= MAX_CACHED_NAMES) this.#known.clear();
    this.#known.set(name, rule ?? null);
    return rule;
  }
}

function secretName(name: string): KeyRule | undefined {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  if (ABOUT.has(last)) return undefined;
  if (words.some((word) => PASSWORDS.has(word))) return PASSWORD;
  if (words.some((word) => SECRETS.has(word))) return BUILT_IN;
  if (words.some((word, index) => word === 'key' && SECRET_KEYS.has(words[index - 1] ?? ''))) return BUILT_IN;
  if (last === 'pass' && PASS_OWNERS.has(before)) return PASSWORD;
  if (last !== 'token' || OPEN_TOKENS.has(before)) return undefined;
  return words.length === 1 ? TOKEN : BUILT_IN;
}

/** One bit for each letter of a name, capital or not. Other characters share those bits, so that a bit proves nothing. */
function lettersOf(name: string): number {
  let letters = 0;
  for (let index = 0; index < name.length; index += 1) letters |= 1 << (name.charCodeAt(index) & 31);
  return letters;
}

/** The words of a name's last segment: `http.request.header.X-ApiKey` has `x`, `api` and `key`. */
function wordsOf(name: string): string[] {
  const short = name.replace(PLAIN_SEGMENT, '');
  return short
    .slice(short.lastIndexOf('.') + 1)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** A whole name, in capitals or not; `*` stands for any characters. */
function wildcard(key: string): RegExp {
  const source = key
    .split(/\*+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'is');
}
