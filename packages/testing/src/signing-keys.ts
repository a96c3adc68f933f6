import { randomUUID } from 'node:crypto';
import { type CryptoKey, generateKeyPair, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';

/** What becomes of the tokens that the old key has signed: they stay good until they expire, or end at once. */
export type OldTokens = 'valid' | 'refused';

export interface SigningKeys {
  /** A JWT of these claims. */
  readonly sign: (claims: JWTPayload, type: string) => Promise<string>;
  /** The claims, or `undefined` for a token that none of these keys has signed, or that is not as expected. */
  readonly verify: (token: string, expected: JWTVerifyOptions) => Promise<JWTPayload | undefined>;
  /** @throws {TypeError} for another word */
  readonly rotate: (oldTokens: OldTokens) => Promise<void>;
}

const ALGORITHM = 'ES256';

/** Keys of this instance alone, so that two emulators never accept each other's tokens. */
export async function createSigningKeys(): Promise<SigningKeys> {
  const publicKeys = new Map<string, CryptoKey>();
  let current = await addKey(publicKeys);
  return {
    sign: (claims, typ) =>
      new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ, kid: current.kid }).sign(current.privateKey),
    verify: async (token, expected) => {
      const verified = await jwtVerify(token, ({ kid }) => findKey(publicKeys, kid), {
        ...expected,
        algorithms: [ALGORITHM],
      }).catch(() => undefined);
      return verified?.payload;
    },
    rotate: async (oldTokens) => {
      if (oldTokens !== 'valid' && oldTokens !== 'refused') {
        throw new TypeError(`oldTokens '${String(oldTokens)}' is neither 'valid' nor 'refused'.`);
      }
      const next = await addKey(publicKeys);
      if (oldTokens === 'refused') {
        for (const kid of publicKeys.keys()) if (kid !== next.kid) publicKeys.delete(kid);
      }
      current = next;
    },
  };
}

async function addKey(publicKeys: Map<string, CryptoKey>) {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const kid = randomUUID();
  publicKeys.set(kid, publicKey);
  return { kid, privateKey };
}

function findKey(publicKeys: ReadonlyMap<string, CryptoKey>, kid: string | undefined): CryptoKey {
  const key = publicKeys.get(kid ?? '');
  if (key === undefined) throw new Error('the token is of a key that is none of ours, or not any more');
  return key;
}
