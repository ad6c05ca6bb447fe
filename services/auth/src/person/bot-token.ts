import { derivedId, sql, type Context } from '@shotlog/kernel';
import type { Tokens } from '@shotlog/kernel/tokens';
import { endSession } from '../session/sign-out.ts';
import { keep } from './private.ts';

/** A token without an expiration date ends with its bot. */
const FOREVER_SECONDS = 100 * 365 * 24 * 3600;

const secondsUntil = (expiration_date: string | null): number =>
  expiration_date === null ? FOREVER_SECONDS : Math.max(1, Math.floor((Date.parse(`${expiration_date}T23:59:59Z`) - Date.now()) / 1000));

/** Makes the token that a bot calls with until its expiration date; the one before it counts no more. */
export const issueBotToken = async (context: Context, person_id: string, expiration_date: string | null): Promise<string> => {
  const session = derivedId('bot session', person_id, context.moment.id('bot session'));
  const row = await context.db.one<{ bot_session: string | null }>(sql`select bot_session from person_secret where person_id = ${person_id}`);
  await keep(context.db, sql`insert into person_secret (person_id, bot_session) values (${person_id}, ${session}) on conflict (person_id) do update set bot_session = excluded.bot_session`);
  if (row?.bot_session && row.bot_session !== session) await endSession(context, { session_id: row.bot_session, person_id, until: new Date(Date.now() + FOREVER_SECONDS * 1000).toISOString() });
  return context.resource<Tokens>('tokens').sign({ sub: person_id, sid: session, type: 'access' }, secondsUntil(expiration_date));
};
