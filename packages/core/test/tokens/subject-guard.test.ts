import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Actor } from '../../src/actor.ts';
import type { EgainAuthOptions } from '../../src/options.ts';
import { createTokenSet, type TokenSet } from '../../src/protocol/token-set.ts';
import { customer, user } from '../../src/subject.ts';
import type { ImpersonationAudit } from '../../src/tokens/impersonation-audit.ts';
import { guardSubjects } from '../../src/tokens/subject-guard.ts';
import type { TokenRequest } from '../../src/tokens/token-source.ts';
import { rejectionOf } from '../failure.ts';

type Policy = NonNullable<EgainAuthOptions['authorizeSubject']>;

const tokens = createTokenSet({ accessToken: 'a', expiresAt: 1, scope: [], source: 'memory' });
const refused = jest.fn<ImpersonationAudit['refused']>();
const mint = jest.fn<(request: TokenRequest) => Promise<TokenSet>>();
const scope = ['knowledge.portalmgr.onbehalfof.read'];
const pa: Actor = { type: 'on-behalf-of', subject: user({ username: 'pa' }) };
/** Typed away: what JavaScript callers may do. */
const guardWith = (policy: unknown) => {
  const guard = guardSubjects(
    { getToken: mint },
    {
      authorizeSubject: policy as Policy,
      tenantId: 'TMPRODB88619984',
      audit: { refused },
      timeoutMs: 1000,
      silenceWarnings: [],
      warnings: [],
    },
  );
  // As the public methods call it: what is thrown at once rejects.
  return { getToken: async (request: TokenRequest) => guard.getToken(request) };
};

beforeEach(() => {
  mint.mockReset().mockResolvedValue(tokens);
});

describe('T084: the impersonation policy', () => {
  test.each<[name: string, policy: Policy]>([
    ['returns true', () => true],
    ['resolves to true', async () => true],
  ])('lets through when it %s', async (_name, policy) => {
    const request = { actor: pa, scope, forceRenewal: true, signal: new AbortController().signal };
    expect(await guardWith(policy).getToken(request)).toBe(tokens);
    expect(mint.mock.calls).toEqual([[request]]);
  });

  test.each<[name: string, answer: unknown]>([
    ['false', false],
    ['undefined', undefined],
    ['null', null],
    ['0', 0],
    ['1', 1],
    ['an empty string', ''],
    ['"true"', 'true'],
    ['a role', { role: 'supervisor' }],
    ['a list', [true]],
    ['a Boolean object', Object(true)],
    ['a function', () => true],
  ])('refuses when it returns, or resolves to, %s', async (_name, answer) => {
    for (const policy of [() => answer, async () => answer]) {
      const error = await rejectionOf(guardWith(policy).getToken({ actor: pa, scope }));
      expect(error).toMatchObject({ code: 'subject_refused', status: 403, retryable: false });
    }
    expect(mint).not.toHaveBeenCalled();
  });

  test.each<[name: string, policy: () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('directory down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('directory down'))],
  ])('refuses when it %s, and keeps the reason for the log', async (_name, policy) => {
    const error = await rejectionOf(guardWith(policy).getToken({ actor: pa, scope }));
    expect(error).toMatchObject({ code: 'subject_refused', cause: { message: 'directory down' } });
    expect(error.message + error.remedy).not.toMatch(/directory|pa\b/);
    expect(mint).not.toHaveBeenCalled();
  });

  test('is asked before every token, with the subject, the tenant and the scopes', async () => {
    const policy = jest.fn<Policy>().mockReturnValue(true);
    const guard = guardWith(policy);
    await guard.getToken({ actor: pa, scope });
    await guard.getToken({ actor: pa, scope });
    await guard.getToken({ actor: { type: 'on-behalf-of', subject: customer({ email: 'a@example.com' }) }, scope: [] });
    expect(policy.mock.calls).toEqual([
      [user({ username: 'pa' }), { tenantId: 'TMPRODB88619984', scope }],
      [user({ username: 'pa' }), { tenantId: 'TMPRODB88619984', scope }],
      [customer({ email: 'a@example.com' }), { tenantId: 'TMPRODB88619984', scope: [] }],
    ]);
    expect(mint).toHaveBeenCalledTimes(3);
  });

  test('has its last word each time: an earlier yes does not count', async () => {
    const policy = jest.fn<Policy>().mockReturnValueOnce(true).mockReturnValue(false);
    const guard = guardWith(policy);
    await guard.getToken({ actor: pa, scope });
    expect((await rejectionOf(guard.getToken({ actor: pa, scope }))).code).toBe('subject_refused');
    expect(mint).toHaveBeenCalledTimes(1);
  });

  test('is waited for before anything is requested', async () => {
    let allow: (value: boolean) => void = () => undefined;
    const pending = guardWith(() => new Promise<boolean>((resolve) => (allow = resolve))).getToken({
      actor: pa,
      scope,
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(mint).not.toHaveBeenCalled();
    allow(true);
    expect(await pending).toBe(tokens);
  });
});

describe('the guard', () => {
  test('lets every subject through where there is no policy', async () => {
    expect(await guardWith(undefined).getToken({ actor: pa, scope })).toBe(tokens);
  });

  test.each<[name: string, subject: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a name', 'pa'],
    ['what user() takes', { username: 'pa' }],
    ['a subject from JSON', { persona: 'user', kind: 'username', value: 'pa' }],
    ['a list of subjects', [user({ username: 'pa' })]],
  ])('T079, T080: refuses %s as a subject, and does not even ask the policy', async (_name, subject) => {
    const policy = jest.fn<Policy>().mockReturnValue(true);
    for (const guard of [guardWith(policy), guardWith(undefined)]) {
      const actor = { type: 'on-behalf-of', subject } as Actor;
      expect((await rejectionOf(guard.getToken({ actor, scope }))).code).toBe('invalid_subject');
    }
    expect(policy).not.toHaveBeenCalled();
    expect(mint).not.toHaveBeenCalled();
  });

  test('leaves every other actor alone', async () => {
    const policy = jest.fn<Policy>().mockReturnValue(false);
    const session = {
      id: '1',
      persona: 'user',
      identity: { persona: 'user' },
      scope: new Set<string>(),
      startedAt: 0,
    } as const;
    const others: Actor[] = [
      { type: 'client' },
      { type: 'anonymous-customer' },
      { type: 'exchanged', registrationId: 'okta', subjectToken: () => 'x' },
      { type: 'session', session },
    ];
    for (const actor of others) expect(await guardWith(policy).getToken({ actor, scope })).toBe(tokens);
    expect(policy).not.toHaveBeenCalled();
    expect(mint.mock.calls).toEqual(others.map((actor) => [{ actor, scope }]));
  });

  test('passes on what the source throws', async () => {
    const failure = new Error('down');
    mint.mockRejectedValue(failure);
    await expect(guardWith(() => true).getToken({ actor: pa, scope })).rejects.toBe(failure);
  });
});

test('T084: what was judged is what is used, whatever the caller writes meanwhile', async () => {
  let decide = (_allowed: boolean) => {};
  const guard = guardWith(() => new Promise<boolean>((resolve) => (decide = resolve)));
  const actor = { type: 'on-behalf-of' as const, subject: user({ username: 'pa' }) };
  const asked = [...scope];
  const pending = guard.getToken({ actor, scope: asked });
  actor.subject = user({ username: 'admin' });
  asked.push('knowledge.portalmgr.onbehalfof.manage');
  decide(true);
  await pending;
  expect(mint.mock.calls[0]?.[0]).toMatchObject({ actor: { subject: { value: 'pa' } }, scope });
});
