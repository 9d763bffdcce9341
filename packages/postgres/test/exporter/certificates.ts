import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A key and the certificate of it, both as PEM. */
export interface Certified {
  key: string;
  cert: string;
}

/** Signs certificates for one test. */
export interface Authority {
  cert: string;
  /** A certificate for a server of these DNS names. */
  issue(...names: string[]): Certified;
}

const SHA256_WITH_RSA = sequence(oid(1, 2, 840, 113549, 1, 1, 11), der(0x05));

/** A certificate authority that nobody knew before, valid for a day. */
export function newAuthority(name: string): Authority {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const issuer = nameOf(name);
  const cert = certificate(issuer, issuer, keys.publicKey, keys.privateKey, [
    // It may sign others.
    extension(oid(2, 5, 29, 19), sequence(der(0x01, Buffer.from([0xff])))),
  ]);
  return {
    cert,
    issue(...names) {
      const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const alternatives = sequence(...names.map((dns) => der(0x82, Buffer.from(dns))));
      return {
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate(nameOf('test server'), issuer, own.publicKey, keys.privateKey, [
          extension(oid(2, 5, 29, 17), alternatives),
        ]),
      };
    },
  };
}

/** An X.509 certificate (RFC 5280) by the rules of DER, which Node reads but does not write. */
function certificate(
  subject: Buffer,
  issuer: Buffer,
  publicKey: KeyObject,
  signer: KeyObject,
  extensions: Buffer[],
): string {
  const hour = 3_600_000;
  const validity = sequence(time(Date.now() - hour), time(Date.now() + 24 * hour));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    SHA256_WITH_RSA,
    issuer,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, signer));
  const base64 = sequence(body, SHA256_WITH_RSA, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function sequence(...content: Buffer[]): Buffer {
  return der(0x30, ...content);
}

function oid(first: number, second: number, ...rest: number[]): Buffer {
  const bytes = rest.flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid(2, 5, 4, 3), der(0x0c, Buffer.from(commonName)))));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2)));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, der(0x01, Buffer.from([0xff])), der(0x04, value));
}
