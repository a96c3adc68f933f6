import type { RequestListener } from 'node:http';
import type { EgainAuthOptions } from '@egain-auth/core';

/** What every contestant is made with. */
export interface Surroundings {
  /** An eGain to sign in at, for who needs one. */
  readonly egain: EgainAuthOptions;
}

/**
 * An application with two pages: `/sign-in`, which signs its visitor in with no further ado or at eGain, and `/`, which
 * says the name of whoever is signed in.
 */
export interface Contestant {
  /** The package it is about, if it is one. */
  readonly package?: string;
  create(surroundings: Surroundings): RequestListener | Promise<RequestListener>;
}
