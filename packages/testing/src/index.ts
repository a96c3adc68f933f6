export type {
  ClientApplication,
  ClientApplicationOptions,
  Platform,
} from './client-applications.ts';
export type { ConfigRequest } from './config.ts';
export { createEgainEmulator, type EgainEmulator, type StartableEgainEmulator } from './emulator.ts';
export type { EmulatedIdentityProvider, ExternalTokenOptions } from './identity-provider.ts';
export type { JournalEntry, JournalFacts, JournalKind } from './journal.ts';
export type { EgainEmulatorOptions } from './options.ts';
export {
  type CustomerOptions,
  DEFAULT_PASSWORD,
  type SeededCustomer,
  type SeededUser,
  type UserOptions,
} from './people.ts';
export type { Actor, Persona } from './persona.ts';
export type { RefreshTokenMode } from './refresh-tokens.ts';
export { createUserAgent, type Person, type UserAgent, type VisitedPage } from './user-agent.ts';
