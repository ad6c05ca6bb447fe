import { DomainError, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { organisationOf } from '../organisation/organisation.queries.ts';
import { personCard } from '../person/person.queries.ts';
import { checkSecondFactor, Proof } from '../two-factor/second-factor.ts';
import { directoryAccepts, inDirectory } from '../outside/ldap.ts';
import { countFailure, forgetFailures, isLocked } from './lockout.ts';
import { passwordFits } from './password.ts';
import { startSession } from './start-session.ts';

const refused = (extra: Record<string, unknown> = {}, message = 'The e-mail address or the password is wrong.') => new DomainError('Invalid', message, { extra: { login: false, ...extra } });

export const SignIn = Proof.extend({ email: z.string({ error: 'email is needed.' }).min(1, 'email is needed.').max(255), password: z.string().max(1_000).nullish(), browser: z.boolean().default(false), address: z.string().nullish() });

const find = (context: Context, name: string) => context.db.one(sql`select p.id, p.active, p.is_bot, p.is_guest, p.email, p.desktop_login, p.ldap_uid, s.password_hash, s.failed_attempts, s.last_failed
  from person p left join person_secret s on s.person_id = p.id where lower(p.email) = lower(${name}) or p.desktop_login = ${name} order by (lower(p.email) = lower(${name})) desc nulls last limit 1`);

/** Whether this is the person: by the studio's directory where the account comes from there, else by the password kept here. */
const isThePerson = async (context: Context, found: Record<string, any> | null, password: string): Promise<boolean> => {
  if (found && inDirectory(context, found)) return directoryAccepts(context, found, password);
  const fits = await passwordFits(found?.password_hash, password);
  return fits && !found!.is_bot && !found!.is_guest;
};

/** The answer of a finished sign-in. */
export const signedIn = async (context: Context, person_id: string, from: { browser: boolean; address: string | null }) => {
  const tokens = await startSession(context, person_id, from);
  await context.settled();
  const user = await personCard(context.db, person_id);
  return { body: { login: true, user, organisation: await organisationOf(context.db, user.role === 'admin'), ...tokens }, browser: from.browser, secure: context.resource<boolean>('secureCookies') };
};

/**
 * Signs in with a password and, where the account asks for one, a second proof. An unknown address is refused in the same words and the
 * same time as a wrong password.
 */
export const signIn = spanning({
  subject: 'cmd.auth.sign-in', schema: SignIn, access: to.anyone,
  handle: async ({ email, password, browser, address, ...proof }, context: Context) => {
    const found = await find(context, email);
    if (found && isLocked(found)) throw refused({ too_many_failed_login_attemps: true }, 'Too many failed attempts. Wait a minute and try again.');
    if (!(await isThePerson(context, found, password ?? ''))) {
      if (found) await countFailure(context, found.id);
      throw refused();
    }
    if (!found!.active) throw new DomainError('Unauthenticated', 'This account is not active.', { extra: { login: false, unactive: true } });
    const checked = await checkSecondFactor(context, found!.id, proof);
    if (checked !== 'fine') {
      if (checked.extra.wrong_OTP) await countFailure(context, found!.id);
      throw refused(checked.extra, checked.message);
    }
    await forgetFailures(context, found!.id);
    return signedIn(context, found!.id, { browser, address: address ?? null });
  },
});
