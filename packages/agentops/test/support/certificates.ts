import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Signs certificates with P-256 keys, valid from yesterday for a week: as much of X.509 as a test of TLS needs. */
export class Authority {
  readonly cert: string;
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name: string) {
    const { publicKey, privateKey } = newKeys();
    this.#name = name;
    this.#key = privateKey;
    const basicConstraints = extension('551d13', sequence(Buffer.from('0101ff', 'hex')), true);
    this.cert = certificate({ issuer: name, subject: name, publicKey, signer: privateKey }, [
      basicConstraints,
    ]);
  }

  /** @param hosts DNS names, or IPv4 addresses. */
  issue(name: string, hosts: readonly string[] = []): Identity {
    const { publicKey, privateKey } = newKeys();
    const names = hosts.map((host) =>
      /^[\d.]+$/.test(host)
        ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
        : tagged(0x82, Buffer.from(host)),
    );
    const cert = certificate(
      { issuer: this.#name, subject: name, publicKey, signer: this.#key },
      names.length === 0 ? [] : [extension('551d11', sequence(...names))],
    );
    return { cert, key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
  }
}

interface Subject {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** RFC 5280, `Certificate`. */
function certificate({ issuer, subject, publicKey, signer }: Subject, extensions: readonly Buffer[]): string {
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const day = 24 * 60 * 60 * 1000;
  const content = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, serial),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + 7 * day)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  const signature = sign('sha256', content, signer);
  const der = sequence(content, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [Buffer.from('0101ff', 'hex')] : [];
  return sequence(oid(id), ...critical, tagged(0x04, value));
}

function utcTime(time: number): Buffer {
  const text = new Date(time).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${text}Z`));
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** Tag, length, content: DER's one form. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
