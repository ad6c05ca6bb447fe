import { command, newId, to, type Context } from '@shotlog/kernel';
import { ACCESS_SECONDS, REFRESH_SECONDS, type Tokens } from '@shotlog/kernel/tokens';
import { z } from 'zod';
import { seal } from '../person/private.ts';
import { SessionStarted } from './session.events.ts';
import { sessionState, sessionStream } from './session.state.ts';

const Start = z.object({ session_id: z.string(), person_id: z.guid(), origin: z.enum(['web', 'script']), sealed: z.string() });

/** Notes a sign-in. */
export const noteSession = command({
  subject: 'cmd.auth.note-session', schema: Start, state: sessionState, stream: sessionStream, creates: true, access: to.system,
  decide: (c: z.output<typeof Start>, { started }) => (started ? [] : [SessionStarted(c)]),
});

/** Both tokens of one sign-in. */
export const signTokens = async (context: Context, person_id: string, session_id: string): Promise<{ access_token: string; refresh_token: string }> => {
  const tokens = context.resource<Tokens>('tokens');
  const [access_token, refresh_token] = await Promise.all([
    tokens.sign({ sub: person_id, sid: session_id, type: 'access' }, ACCESS_SECONDS), tokens.sign({ sub: person_id, sid: session_id, type: 'refresh' }, REFRESH_SECONDS)]);
  return { access_token, refresh_token };
};

/** Starts a session for a person whose identity was proven. */
export const startSession = async (context: Context, person_id: string, from: { browser: boolean; address: string | null }): Promise<{ access_token: string; refresh_token: string }> => {
  const session_id = newId();
  const sealed = await seal(context, person_id, { ip_address: from.address });
  await context.runAsSystem(noteSession, { session_id, person_id, origin: from.browser ? 'web' : 'script', sealed }, 'session');
  return signTokens(context, person_id, session_id);
};
