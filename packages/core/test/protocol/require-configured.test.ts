import { describe, expect, test } from '@jest/globals';
import { requireConfidentialClient, requireConfigured } from '../../src/protocol/require-configured.ts';
import { failureOf } from '../failure.ts';

describe('a flow whose configuration is missing', () => {
  test('fails and names the option that would supply it', () => {
    const error = failureOf(() => requireConfigured(undefined, 'endpoints.client.tokenUrl'));
    expect(error.code).toBe('invalid_configuration');
    expect(error.message + error.remedy).toContain('endpoints.client.tokenUrl');
  });

  test.each([0, '', false, null])('does not fail for %j, which is there', (value) => {
    expect(requireConfigured(value, 'x')).toBe(value);
  });
});

describe('a flow that needs a secret', () => {
  const client = { clientId: 'a', clientSecret: undefined, pkce: true };

  test('takes a client that has one', () => {
    const confidential = { ...client, clientSecret: () => 'secret' };
    expect(requireConfidentialClient(confidential, 'clients.client')).toBe(confidential);
  });

  test.each([undefined, client])('fails without: %j', (given) => {
    const error = failureOf(() => requireConfidentialClient(given, 'clients.client'));
    expect(error.code).toBe('invalid_configuration');
    expect(error.message).toContain('clients.client');
  });
});
