import { type EgainAuthOptions, optionsFromEnv } from '@egain-auth/nestjs';
import { type DynamicModule, Module } from '@nestjs/common';

/** The identity provider of a partner, and what eGain's console calls it. */
export interface PartnerOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the SSO Provider in the Administration Console. */
  readonly registrationId: string;
}

export class ConfigService {
  readonly egain: EgainAuthOptions;
  readonly portal: string;
  /** Without it nobody signs in at a partner. */
  readonly partner: PartnerOptions | undefined;
  /** Who can be chosen at the pretended sign-in of the CRM: nobody but in the demo, whose tenant is an emulator. */
  readonly employees: readonly string[];

  constructor(
    egain: EgainAuthOptions,
    partner?: PartnerOptions,
    portal = 'PROD-1000',
    employees: readonly string[] = [],
  ) {
    // The CRM may act for its own employees and for nobody else.
    this.egain = { ...egain, authorizeSubject: (subject) => employees.includes(subject.value) };
    this.partner = partner;
    this.portal = portal;
    this.employees = employees;
  }

  static fromEnv(env = process.env): ConfigService {
    const { PARTNER_ISSUER: issuer, PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET, PARTNER_REGISTRATION_ID } = env;
    const partner = issuer && {
      issuer,
      clientId: PARTNER_CLIENT_ID ?? '',
      clientSecret: PARTNER_CLIENT_SECRET ?? '',
      registrationId: PARTNER_REGISTRATION_ID ?? '',
    };
    return new ConfigService(optionsFromEnv(), partner || undefined, env['EGAIN_PORTAL']);
  }
}

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: what Nest calls a module
export class ConfigModule {
  static with(config: ConfigService): DynamicModule {
    const providers = [{ provide: ConfigService, useValue: config }];
    return { module: ConfigModule, providers, exports: [ConfigService], global: true };
  }
}
