import { customer, type Subject, user } from '../../src/index.ts';

/** Somebody, and what others call them. */
export interface Somebody {
  readonly subject: Subject;
  /** As a token request names them. */
  readonly parameter: string;
  /** As eGain's journal names them. */
  readonly journalName: string;
}

export interface People {
  /** To be seeded. */
  readonly users: readonly { username: string; userId: string }[];
  readonly customers: readonly { email: string }[];
  readonly all: readonly Somebody[];
}

/**
 * Five by five: a user, the customer of the same address, a user whose name differs in case, the first one by id, and a
 * user whose name is that id.
 */
export function createPeople(length: number): People {
  const users: { username: string; userId: string }[] = [];
  const customers: { email: string }[] = [];
  const all = Array.from({ length }, (_, index): Somebody => {
    const number = Math.floor(index / 5);
    const [name, userId] = [`person-${number}@example.com`, String(10_000 + number)];
    switch (index % 5) {
      case 0:
        users.push({ username: name, userId });
        return describe(user({ username: name }), name);
      case 1:
        customers.push({ email: name });
        return describe(customer({ email: name }), name);
      case 2: {
        const username = name.replace('p', 'P');
        users.push({ username, userId: String(500_000 + number) });
        return describe(user({ username }), username);
      }
      case 3:
        return describe(user({ userId }), name);
      default:
        users.push({ username: userId, userId: String(900_000 + number) });
        return describe(user({ username: userId }), userId);
    }
  });
  return { users, customers, all };
}

const describe = (subject: Subject, journalName: string): Somebody => ({
  ...{ subject, journalName, parameter: parameterOf(subject) },
});

export const parameterOf = ({ kind, value }: Subject): string => `subject_${kind}=${value}`;
