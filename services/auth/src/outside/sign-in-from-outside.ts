import { DomainError, Invalid, sql, type Context } from '@shotlog/kernel';
import { createPerson } from '../person/create-person.ts';
import { signedIn } from '../session/sign-in.ts';

/** Somebody whom the studio's own identity provider has vouched for. */
export type Vouched = { email: string; first_name: string; last_name: string };

const MINUTES = 10;

/** Remembers a sign-in that went out to the provider. */
export const remember = (context: Context, state: string, data: Record<string, unknown>): Promise<void> => context.db.batch([
  sql`delete from outside_sign_in where until < (now() at time zone 'utc')`,
  sql`insert into outside_sign_in (state, data, until) values (${state}, ${JSON.stringify(data)}::jsonb, (now() at time zone 'utc') + ${`${MINUTES} minutes`}::interval)`]);

/** What was remembered; it counts once. @throws Invalid for what never went out, or too long ago. */
export const recall = async (context: Context, state: string): Promise<Record<string, any>> => {
  const row = await context.db.one<{ data: Record<string, any> }>(sql`delete from outside_sign_in where state = ${state} and until > (now() at time zone 'utc') returning data`);
  if (!row) throw new Invalid('This sign-in was not started here, or too long ago. Start again.');
  return row.data;
};

/**
 * Signs in whom the provider vouches for, told by e-mail; who is not there yet becomes an artist of the studio, unless `create` says no.
 * @throws Unauthenticated for an account that is not active, or is none.
 */
export const signInFromOutside = async (context: Context, { email, first_name, last_name }: Vouched, options: { create: boolean; address: string | null }) => {
  const find = () => context.db.one<{ id: string; active: boolean; is_bot: boolean }>(sql`select id, active, is_bot from person where lower(email) = lower(${email})`);
  let person = await find();
  if (!person && options.create) {
    await context.runAsSystem(createPerson, { email, first_name, last_name, role: 'user' }, `vouched ${email.toLowerCase()}`);
    await context.settled();
    person = await find();
  }
  if (!person?.active || person.is_bot) throw new DomainError('Unauthenticated', 'There is no active account for you here.', { extra: { login: false } });
  const done = await signedIn(context, person.id, { browser: true, address: options.address });
  return { ...done, location: context.resource<string>('publicUrl') };
};
