export type {
  ContractAnswer,
  ContractApplication,
  ContractHost,
  ContractRequest,
  ContractRoute,
  ContractSubject,
  StartContractHost,
} from './adapter-contract/host.ts';
export { type AdapterContractOptions, describeAdapterContract } from './adapter-contract.ts';
export type { Behaviour, BehaviourOptions } from './behaviour.ts';
export type {
  ClientApplication,
  ClientApplicationOptions,
  Platform,
} from './client-applications.ts';
export type { ClientSecret } from './client-secrets.ts';
export type { Duration, EmulatorClock } from './clock.ts';
export type { ConfigRequest } from './config.ts';
export type { EgainEmulator } from './egain-emulator.ts';
export { createEgainEmulator, type StartableEgainEmulator } from './emulator.ts';
export { type FakeEgain, type FakeEgainOptions, fakeEgain } from './fake-egain.ts';
export type { FakeActor, FakeAnswer, FakeAnswers, FakeBody, FakeCall } from './fake-transport.ts';
export type {
  DelayFault,
  DripFault,
  DropFault,
  Fault,
  FaultedRequest,
  FaultKind,
  FaultTarget,
  GarbageFault,
  OversizedFault,
  RateLimitFault,
  ScriptedFault,
  StatusFault,
} from './faults/fault.ts';
export { type ForgedSession, type ForgeSessionOptions, forgeSession } from './forge-session.ts';
export type { EmulatedIdentityProvider, ExternalTokenOptions, SsoProvider } from './identity-provider.ts';
export type { LoginTokenRequest } from './issue-login-token.ts';
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
export { BEHAVIOUR_VALUES } from './resolve-behaviour.ts';
export { describeSessionStore, type SessionStoreContractOptions } from './session-store-contract.ts';
export type { OldTokens } from './signing-keys.ts';
export { describeTokenStore, type TokenStoreContractOptions } from './token-store-contract.ts';
export { createUserAgent, type Person, type UserAgent, type VisitedPage } from './user-agent.ts';
