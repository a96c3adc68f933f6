import { describe, expect, test } from '@jest/globals';
import { acceptedActors } from '../../src/operations/actors.ts';
import { findOperation } from '../../src/operations/find-operation.ts';
import type { Operation } from '../../src/operations/operation.ts';
import { polluted } from '../pollution.ts';
import { ACTORS, PUBLISHED } from './published-operations.ts';

const found = (path: string): Operation => {
  const operation = findOperation('GET', path);
  if (!operation) throw new Error(`no operation ${path}`);
  return operation;
};

describe('whom an operation accepts', () => {
  test.each(PUBLISHED.filter(({ isDeclared }) => isDeclared))('$operationId', (operation) => {
    expect(acceptedActors(operation).sort()).toEqual(Object.keys(operation.scopes).sort());
  });

  test('is everybody, where it declares nobody', () => {
    expect(acceptedActors(found('/core/aiservices/v4/aiagent/ops/versions'))).toEqual(ACTORS);
  });

  test('is in the order of the columns', () => {
    const escalation = found('/knowledge/portalmgr/v4/portals/1/escalate/2/search');
    expect(acceptedActors(escalation)).toEqual(['customer', 'anonymous-customer']);
  });

  test('is a list of the caller’s own', () => {
    const operation = found('/knowledge/portalmgr/v4/myportals');
    acceptedActors(operation).push('client');
    expect(acceptedActors(operation)).toEqual(['user', 'on-behalf-of-user']);
  });

  test('is the same whatever other code left on every object', async () => {
    await polluted('client', ['.default'], async () => {
      expect(acceptedActors(found('/knowledge/portalmgr/v4/myportals'))).toEqual(['user', 'on-behalf-of-user']);
    });
  });
});
