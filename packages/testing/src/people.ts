/** A user (agent) to seed. */
export interface UserOptions {
  /** What the user signs in with at `-U`, and `subject_username` of the on-behalf-of flow. */
  username: string;
  /** `subject_userid`: 1 to 9 digits. @default the next number from 1067 on */
  userId?: string;
  /** @default {@link DEFAULT_PASSWORD} */
  password?: string;
  /** @default the username */
  firstName?: string;
  /** @default '' */
  lastName?: string;
  /** What the token exchange flow finds the user by. Without it, none can. */
  email?: string;
}

/** A customer to seed. */
export interface CustomerOptions {
  /** What the customer signs in with at `-C`, and `subject_email` of the on-behalf-of flow. */
  email: string;
  /** @default {@link DEFAULT_PASSWORD} */
  password?: string;
  /** @default the email address */
  name?: string;
}

/** A user the emulator knows. */
export interface SeededUser {
  readonly username: string;
  readonly userId: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email?: string;
}

/** A customer the emulator knows. */
export interface SeededCustomer {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** The password of everybody who was seeded without one. */
export const DEFAULT_PASSWORD = 'emulator-password';

const FIRST_USER_ID = 1067;

const DEFAULT_USERS: readonly UserOptions[] = [
  { username: 'pa', firstName: 'Pat', lastName: 'Admin', email: 'pa@example.com' },
  { username: 'maria.agent', firstName: 'Maria', lastName: 'Silva', email: 'maria.silva@example.com' },
  { username: 'tom.agent', firstName: 'Tom', lastName: 'Becker', email: 'tom.becker@example.com' },
];

const DEFAULT_CUSTOMERS: readonly CustomerOptions[] = [
  { email: 'jane.doe@example.com', name: 'Jane Doe' },
  { email: 'omar.haddad@example.com', name: 'Omar Haddad' },
];

/** @throws {TypeError} when a username, user id or email occurs twice, or a user id is not a number. */
export function createUsers(users: readonly UserOptions[] = DEFAULT_USERS): readonly SeededUser[] {
  const seeded = users.map((user, index) =>
    Object.freeze({
      userId: String(FIRST_USER_ID + index),
      password: DEFAULT_PASSWORD,
      firstName: user.username,
      lastName: '',
      ...user,
    }),
  );
  const malformed = seeded.find(({ userId }) => !/^[1-9]\d{0,8}$/.test(userId));
  if (malformed !== undefined) throw new TypeError(`userId '${malformed.userId}' is not a number of 1 to 9 digits.`);
  assertUnique(seeded, ['username', 'userId', 'email']);
  return seeded;
}

/** @throws {TypeError} when an email occurs twice. */
export function createCustomers(customers: readonly CustomerOptions[] = DEFAULT_CUSTOMERS): readonly SeededCustomer[] {
  const seeded = customers.map((customer) =>
    Object.freeze({ password: DEFAULT_PASSWORD, name: customer.email, ...customer }),
  );
  assertUnique(seeded, ['email']);
  return seeded;
}

// The guide calls each of them "the unique …": with two owners, an on-behalf-of test could pass for the wrong person.
function assertUnique<Person extends object>(people: readonly Person[], keys: readonly (keyof Person)[]): void {
  for (const key of keys) {
    const values = people.map((person) => person[key]).filter((value) => value !== undefined);
    if (new Set(values).size !== values.length) throw new TypeError(`Two seeded people have the same ${String(key)}.`);
  }
}
