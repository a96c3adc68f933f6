import { describe, expect, test } from '@jest/globals';
import { createCustomers, createUsers, DEFAULT_PASSWORD } from '../src/people.ts';

describe('seeded people', () => {
  test('include the user of the guide, agents and customers, each with a password', () => {
    expect(createUsers().map(({ username }) => username)).toEqual(expect.arrayContaining(['pa', 'maria.agent']));
    for (const person of [...createUsers(), ...createCustomers()]) expect(person.password).toBe(DEFAULT_PASSWORD);
  });

  test('get an id, names and a password where none is given', () => {
    expect(createUsers([{ username: 'q' }])).toEqual([
      { username: 'q', userId: '1067', password: DEFAULT_PASSWORD, firstName: 'q', lastName: '' },
    ]);
    expect(createCustomers([{ email: 'a@b.c' }])).toEqual([
      { email: 'a@b.c', password: DEFAULT_PASSWORD, name: 'a@b.c' },
    ]);
  });

  test.each([
    ['username', [{ username: 'a' }, { username: 'a' }]],
    ['userId', [{ username: 'a' }, { username: 'b', userId: '1067' }]],
    [
      'email',
      [
        { username: 'a', email: 'x@y.z' },
        { username: 'b', email: 'x@y.z' },
      ],
    ],
  ])('cannot share a %s', (_name, users) => {
    expect(() => createUsers(users)).toThrow(TypeError);
  });

  test('cannot share a customer email', () => {
    expect(() => createCustomers([{ email: 'a@b.c' }, { email: 'a@b.c' }])).toThrow(TypeError);
  });

  test.each(['0', 'abc', '1234567890'])('cannot have the user id %s', (userId) => {
    expect(() => createUsers([{ username: 'a', userId }])).toThrow(TypeError);
  });
});
