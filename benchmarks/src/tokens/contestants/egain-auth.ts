import { createEgainAuth, type TokenSet, type UserSubject, user } from '@egain-auth/core';
import { CLIENT_ID, CLIENT_SECRET, type Contestant } from '../contestant.ts';

const OPTIONS = { scope: ['knowledge.portalmgr.onbehalfof.read'] } as const;

/** Ours. The subject is made and the policy called each time, as in an application. */
export const egainAuth = contestant(() => (username) => user({ username }));

/** The same for an application that keeps its subjects: what `user()` costs is the difference, less a look into a Map. */
export const egainAuthKeptSubject = contestant(() => {
  const subjects = new Map<string, UserSubject>();
  return (username) => {
    let subject = subjects.get(username);
    if (!subject) {
      subject = user({ username });
      subjects.set(username, subject);
    }
    return subject;
  };
});

function contestant(createSubjects: () => (username: string) => UserSubject): Contestant<TokenSet> {
  return {
    package: '@egain-auth/core',
    create({ tokenUrl, subjects }) {
      const subjectOf = createSubjects();
      const egain = createEgainAuth({
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        endpoints: { onBehalfOf: { user: { tokenUrl: tokenUrl.href } } },
        authorizeSubject: () => true,
        tokens: { maxEntries: subjects },
      });
      return {
        getToken: (subject) => egain.onBehalfOf(subjectOf(subject), OPTIONS),
        accessTokenOf: (tokens) => tokens.accessToken,
        close: () => egain.close(),
      };
    },
  };
}
