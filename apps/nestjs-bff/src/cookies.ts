import type { CookieOptions, Request } from 'express';

/** Of the cookies that this application sets itself. Add `secure` where it is served by https. */
export const COOKIE: CookieOptions = { httpOnly: true, sameSite: 'lax' };

/** @returns '' when there is none of that name */
export function readCookie(request: Request, name: string): string {
  const cookies = (request.headers.cookie ?? '').split('; ');
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}
