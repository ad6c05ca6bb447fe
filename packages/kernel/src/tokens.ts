import { errors, jwtVerify, SignJWT } from 'jose';
import { badToken, unauthenticated } from './caller.ts';
import { newId } from './ids.ts';

/** What a token says. `sid` is the sign-in that it belongs to: ending it ends all its tokens. */
export type Claims = { sub: string; sid: string; jti: string; type: 'access' | 'refresh' | 'service'; exp: number };

export const ACCESS_SECONDS = 7 * 24 * 3600;
export const REFRESH_SECONDS = 15 * 24 * 3600;

export type Tokens = {
  sign(claims: { sub: string; sid: string; type: Claims['type'] }, seconds: number): Promise<string>;
  /** @throws 401 for no or an expired token, 422 for a malformed one or one of the wrong kind. */
  verify(token: string | null, kind?: 'access' | 'refresh'): Promise<Claims>;
  /** A token with which one service asks another in the system's name. */
  service(): Promise<string>;
};

const REMEMBERED = 10_000;

/** Tokens signed with the studio's secret (HS256), which every service shares. Verified ones are remembered until they expire. */
export const openTokens = (secret: string): Tokens => {
  const key = new TextEncoder().encode(secret);
  const known = new Map<string, Claims>();
  const check = async (token: string): Promise<Claims> => {
    const met = known.get(token);
    if (met) {
      if (met.exp * 1000 > Date.now()) return met;
      known.delete(token);
    }
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
      if (known.size >= REMEMBERED) known.delete(known.keys().next().value!);
      known.set(token, payload as unknown as Claims);
      return payload as unknown as Claims;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw unauthenticated('This token has expired.');
      throw badToken('This is not a token of this server.');
    }
  };
  let own: { token: string; until: number } | null = null;
  const tokens: Tokens = {
    sign: ({ sub, sid, type }, seconds) => new SignJWT({ sid, type, identity_type: 'person', fresh: false })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).setSubject(sub).setJti(newId()).setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds).sign(key),
    async verify(token, kind = 'access') {
      if (!token) throw unauthenticated('A token is missing: neither an Authorization header nor a cookie.');
      const claims = await check(token);
      if (claims.type !== kind && !(kind === 'access' && claims.type === 'service')) throw badToken(`A token of the kind "${kind}" is wanted here.`);
      return claims;
    },
    async service() {
      if (!own || own.until < Date.now()) {
        own = { token: await tokens.sign({ sub: 'system', sid: 'system', type: 'service' }, 600), until: Date.now() + 300_000 };
      }
      return own.token;
    },
  };
  return tokens;
};

/** The token of a request: `Authorization: Bearer …`, else the cookie that browsers got at sign-in. */
export const tokenOf = (headers: Headers, cookie: 'access_token_cookie' | 'refresh_token_cookie' = 'access_token_cookie'): string | null => {
  const bearer = headers.get('authorization');
  if (bearer) return /^bearer /i.test(bearer) ? bearer.slice(7).trim() : bearer;
  const cookies = headers.get('cookie');
  if (!cookies) return null;
  for (const part of cookies.split(';')) {
    const [name, value] = part.trim().split('=');
    // A token has no character that a cookie must encode: what is encoded is none, and is refused as such.
    if (name === cookie && value) return value;
  }
  return null;
};
