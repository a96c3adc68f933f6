import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

/** In PEM, as Node's TLS takes them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly name: string;
  /** An address in place of the name, as far as hosts are concerned. */
  readonly ip?: readonly [number, number, number, number];
  /** Signed by itself otherwise. */
  readonly issuer?: { readonly name: string; readonly key: string };
  readonly ca?: boolean;
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

/**
 * Makes a certificate (RFC 5280): Node can read them, but not write them, and not every machine that runs the tests has
 * openssl. For tests alone: the serial number is always 1.
 */
export function createCertificate({
  name,
  ip,
  issuer,
  ca = false,
  validFrom = new Date(Date.now() - DAY_MS),
  validTo = new Date(Date.now() + DAY_MS),
}: CertificateOptions): Certificate {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const publicKey = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' });
  const host = ip ? der(0x87, Buffer.from(ip)) : der(0x82, Buffer.from(name));
  const extensions = [
    sequence(SUBJECT_ALTERNATIVE_NAME, octets(sequence(host))),
    sequence(BASIC_CONSTRAINTS, octets(ca ? sequence(der(0x01, Buffer.from([0xff]))) : sequence())),
  ];
  const content = sequence(
    der(0xa0, integer(2)),
    integer(1),
    sequence(ECDSA_WITH_SHA256),
    distinguishedName(issuer?.name ?? name),
    sequence(time(validFrom), time(validTo)),
    distinguishedName(name),
    publicKey,
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', content, issuer?.key ?? key);
  const bytes = sequence(content, sequence(ECDSA_WITH_SHA256), der(0x03, Buffer.from([0]), signature));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`, key: String(key) };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');

/** A value of ASN.1 in DER: what it is, how long it is, and itself. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  const { length } = bytes;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}

const sequence = (...content: Buffer[]): Buffer => der(0x30, ...content);
const octets = (content: Buffer): Buffer => der(0x04, content);
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
const distinguishedName = (name: string): Buffer =>
  sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));

/** `YYMMDDhhmmssZ`: good until 2049. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|\D/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
