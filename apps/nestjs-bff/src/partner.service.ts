import { randomUUID } from 'node:crypto';
import { Inject, Injectable, NotFoundException, UnauthorizedException } from '@nestjs/common';
import * as oidc from 'openid-client';
import { ConfigService, type PartnerOptions } from './config.ts';

interface Login {
  readonly state: string;
  readonly codeVerifier: string;
}

interface PartnerSession {
  readonly name: string;
  readonly accessToken: string;
  readonly expiresAt: number;
}

/** Signs people in at the partner's identity provider. Its tokens stay here: a real application needs a store of sessions. */
@Injectable()
export class PartnerService {
  readonly #logins = new Map<string, Login>();
  readonly #sessions = new Map<string, PartnerSession>();
  #provider: Promise<oidc.Configuration> | undefined;

  constructor(@Inject(ConfigService) private readonly config: ConfigService) {}

  get registrationId(): string {
    return this.#options.registrationId;
  }

  /** @returns where to send the browser, and the id that its cookie has to bring back */
  async startLogin(): Promise<{ id: string; url: string }> {
    const provider = await this.#discover();
    const login = { state: oidc.randomState(), codeVerifier: oidc.randomPKCECodeVerifier() };
    const id = randomUUID();
    this.#logins.set(id, login);
    const url = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: this.#redirectUri,
      scope: 'openid email',
      state: login.state,
      code_challenge: await oidc.calculatePKCECodeChallenge(login.codeVerifier),
      code_challenge_method: 'S256',
    });
    return { id, url: url.href };
  }

  /** @returns the id of the session */
  async completeLogin(loginId: string, search: string): Promise<string> {
    const login = this.#logins.get(loginId);
    this.#logins.delete(loginId);
    if (!login) throw new UnauthorizedException('this sign-in was not started here');
    const callback = new URL(search, this.#redirectUri);
    const checks = { expectedState: login.state, pkceCodeVerifier: login.codeVerifier, idTokenExpected: true };
    const tokens = await oidc
      .authorizationCodeGrant(await this.#discover(), callback, checks)
      .catch((cause: unknown) => {
        throw new UnauthorizedException('the partner did not sign anybody in', { cause });
      });
    const id = randomUUID();
    this.#sessions.set(id, {
      name: tokens.claims()?.sub ?? '',
      accessToken: tokens.access_token,
      expiresAt: Date.now() + (tokens.expiresIn() ?? 0) * 1000,
    });
    return id;
  }

  find(id: string): PartnerSession | undefined {
    const session = this.#sessions.get(id);
    return session && session.expiresAt > Date.now() ? session : undefined;
  }

  get #redirectUri(): string {
    return new URL('/partner/callback', this.config.egain.baseUrl).href;
  }

  get #options(): PartnerOptions {
    if (!this.config.partner) throw new NotFoundException('no partner is configured');
    return this.config.partner;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const server = new URL(issuer);
    // Plain http is for the demo on loopback.
    const execute = server.hostname === '127.0.0.1' ? [oidc.allowInsecureRequests] : [];
    this.#provider ??= oidc.discovery(server, clientId, clientSecret, undefined, { execute });
    // A failed attempt is not the last one.
    this.#provider.catch(() => {
      this.#provider = undefined;
    });
    return this.#provider;
  }
}
