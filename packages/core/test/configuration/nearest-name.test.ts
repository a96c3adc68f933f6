import { expect, test } from '@jest/globals';
import { nearestName } from '../../src/configuration/nearest-name.ts';

const KNOWN = ['clientId', 'clientSecret', 'clients', 'tenantId', 'domainUrl', 'apiUrl', 'endpoints', 'login', 'http'];

test.each([
  ['clientID', 'clientId'],
  ['client_id', 'clientId'],
  ['cleintId', 'clientId'],
  ['tenant', 'tenantId'],
  ['domainURL', 'domainUrl'],
  ['clientsecret', 'clientSecret'],
  ['logn', 'login'],
  ['htpp', 'http'],
  ['endpoint', 'endpoints'],
])('%s was meant to be %s', (written, meant) => {
  expect(nearestName(written, KNOWN)).toBe(meant);
});

test.each(['', 'x', 'redirectUri', 'password', 'httpsAgent'])('%j is near to nothing', (written) => {
  expect(nearestName(written, KNOWN)).toBeUndefined();
});
