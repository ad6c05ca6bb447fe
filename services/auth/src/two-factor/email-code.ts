import { randomInt } from 'node:crypto';
import { sql, type Context } from '@shotlog/kernel';
import { mailPage } from '@shotlog/mail';
import { keep, tokenHash } from '../person/private.ts';

const MINUTES = 10;
/** Guesses at one code, before it counts no more. */
const MAX_GUESSES = 5;

/** A new code for a person, and the mail that brings it. The codes before it count no more. */
export const newEmailCode = async (context: Context, person: { id: string; email: string; first_name: string }) => {
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await keep(context.db, sql`insert into email_code (person_id, code_hash, until, attempts) values (${person.id}, ${tokenHash(context.resource('secret'), `${person.id} ${code}`)},
    (now() at time zone 'utc') + ${`${MINUTES} minutes`}::interval, 0) on conflict (person_id) do update set code_hash = excluded.code_hash, until = excluded.until, attempts = 0`);
  const page = mailPage({ title: 'Your sign-in code', paragraphs: [`Hello ${person.first_name},`, `your code is ${code}. It works once, for ${MINUTES} minutes.`] });
  return { to: person.email, subject: 'Your sign-in code', ...page };
};

/** Whether this is the last code that was mailed to the person; it is used up then. */
export const useEmailCode = async (context: Context, person_id: string, code: string): Promise<boolean> => {
  await context.db.batch([sql`update email_code set attempts = attempts + 1 where person_id = ${person_id}`]);
  const row = await context.db.one(sql`delete from email_code where person_id = ${person_id} and attempts <= ${MAX_GUESSES} and until > (now() at time zone 'utc')
    and code_hash = ${tokenHash(context.resource('secret'), `${person_id} ${code.trim()}`)} returning person_id`);
  return row !== null;
};
