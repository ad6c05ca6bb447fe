import { Reply, type Request } from '@shotlog/kernel';
import { REFRESH_SECONDS, tokenOf } from '@shotlog/kernel/tokens';

const REFRESH_PATH = '/api/auth/refresh-token';
/** Browsers get cookies; scripts keep the tokens of the answer. Told apart by user agent, as clients of the API know it. */
export const isBrowser = (headers: Headers): boolean => /\b(Chrome|Chromium|Firefox|Safari|AppleWebKit|Edg|OPR|MSIE|Trident)\b/i.test(headers.get('user-agent') ?? '');

/** The cookies of a request by name. */
export const cookiesOf = (headers: Headers): Map<string, string> => new Map((headers.get('cookie') ?? '').split(';').map((part) => {
  const mark = part.indexOf('=');
  return [part.slice(0, Math.max(0, mark)).trim(), part.slice(mark + 1).trim()] as const;
}));

const cookie = (name: string, value: string, path: string, seconds: number, secure: boolean): string =>
  `${name}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;

/** What a request says about who asks, for the commands that read tokens themselves. */
export const tokensOf = (request: Request): { access_token: string | null; refresh_token: string | null; browser: boolean } => ({
  access_token: tokenOf(request.headers), refresh_token: tokenOf(request.headers, 'refresh_token_cookie'), browser: isBrowser(request.headers) });

type Tokens = { access_token?: string | null; refresh_token?: string | null; secure: boolean };

/** An answer with the cookies of a sign-in; null takes a cookie away, undefined leaves it. */
export const withCookies = (body: unknown, { access_token, refresh_token, secure }: Tokens): Reply => {
  const cookies = [
    ...(access_token === undefined ? [] : [cookie('access_token_cookie', access_token ?? '', '/', access_token === null ? 0 : REFRESH_SECONDS, secure)]),
    ...(refresh_token === undefined ? [] : [cookie('refresh_token_cookie', refresh_token ?? '', REFRESH_PATH, refresh_token === null ? 0 : REFRESH_SECONDS, secure)]),
  ];
  return new Reply(200, { 'content-type': 'application/json', 'set-cookie': cookies.join('\n') }, JSON.stringify(body));
};
