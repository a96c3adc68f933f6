import { CLIENT_ID, CLIENT_SECRET, SCOPE } from '../tokens/contestant.ts';
import { SUBJECT, type Surroundings } from './contestant.ts';

export interface Minted {
  readonly accessToken: string;
  readonly expiresAt: number;
}

/** For who brings no OAuth: the one token request, by Node's own fetch before anything is measured. */
export async function requestToken({ tokenUrl }: Surroundings): Promise<Minted> {
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      subject_username: SUBJECT,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      scope: SCOPE,
    }),
  });
  const { access_token: accessToken, expires_in: seconds } = (await answer.json()) as {
    access_token: string;
    expires_in: number;
  };
  return { accessToken, expiresAt: Date.now() + seconds * 1000 };
}
