import { command, SessionEnded, spanning, sql, to, unauthenticated, type Context } from '@shotlog/kernel';
import { REFRESH_SECONDS, type Claims, type Tokens } from '@shotlog/kernel/tokens';
import { z } from 'zod';
import { sessionState, sessionStream } from './session.state.ts';

const End = z.object({ session_id: z.string(), person_id: z.guid(), until: z.string() });

export const noteEnd = command({
  subject: 'cmd.auth.end-session', schema: End, state: sessionState, stream: sessionStream, access: to.system,
  decide: (c: z.output<typeof End>, { ended }) => (ended ? [] : [SessionEnded(c)]),
});

/** Ends a session before its time: all its tokens are refused from then on. */
export const endSession = async (context: Context, session: z.output<typeof End>): Promise<void> => {
  await context.runAsSystem(noteEnd, session, `end ${session.session_id}`);
};

/** The claims of a token that still counts. @throws 401 or 422, as every route does. */
export const liveClaims = async (context: Context, token: string | null, kind: 'access' | 'refresh'): Promise<Claims> => {
  const claims = await context.resource<Tokens>('tokens').verify(token, kind);
  if (await context.db.one(sql`select 1 from directory_session where id = ${claims.sid}`)) throw unauthenticated('This sign-in was ended.');
  if (!(await context.db.one(sql`select 1 from directory_person where id = ${claims.sub} and active`))) throw unauthenticated('This account is not active.');
  return claims;
};

const TokensOf = z.object({ access_token: z.string().nullable(), refresh_token: z.string().nullable(), browser: z.boolean() });

/** Signs out: the session of the token ends, with its refresh token. */
export const signOut = spanning({
  subject: 'cmd.auth.sign-out', schema: TokensOf, access: to.anyone,
  handle: async ({ access_token }, context) => {
    const claims = await liveClaims(context, access_token, 'access');
    const until = Math.max(claims.exp * 1000, Date.now() + REFRESH_SECONDS * 1000);
    await endSession(context, { session_id: claims.sid, person_id: claims.sub, until: new Date(until).toISOString() });
    return { secure: context.resource<boolean>('secureCookies') };
  },
});

/** A new access token for a refresh token. */
export const refresh = spanning({
  subject: 'cmd.auth.refresh', schema: TokensOf, access: to.anyone,
  handle: async ({ refresh_token, browser }, context) => {
    const claims = await liveClaims(context, refresh_token, 'refresh');
    const seconds = Math.min(7 * 24 * 3600, claims.exp - Math.floor(Date.now() / 1000));
    const access_token = await context.resource<Tokens>('tokens').sign({ sub: claims.sub, sid: claims.sid, type: 'access' }, seconds);
    return { access_token, browser, secure: context.resource<boolean>('secureCookies') };
  },
});
