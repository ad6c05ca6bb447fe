import { DomainError, Invalid, newToken, only, pathId, spanning, sql, to, type Context } from '@shotlog/kernel';
import { MailFailed, mailPage, type Mail, type Mailer } from '@shotlog/mail';
import type { Logger } from 'pino';
import { z } from 'zod';
import { organisationOf } from '../organisation/organisation.queries.ts';
import { inDirectory } from '../outside/ldap.ts';
import { checkPassword } from '../person/checks.ts';
import { personRow } from '../person/person.queries.ts';
import { keep, tokenHash } from '../person/private.ts';
import { setPassword } from './password.ts';

const RESET_HOURS = 2;
const INVITE_HOURS = 7 * 24;

/** A link by which somebody may set a new password once, within some hours. */
const resetLink = async (context: Context, person: { id: string; email: string }, hours: number): Promise<string> => {
  const token = newToken();
  await keep(context.db, sql`delete from reset_token where until < (now() at time zone 'utc')`,
    sql`insert into reset_token (token_hash, person_id, until) values (${tokenHash(context.resource('secret'), token)}, ${person.id}, (now() at time zone 'utc') + ${`${hours} hours`}::interval)`);
  return `${context.resource<Mailer>('mailer').publicUrl}/reset-change-password?email=${encodeURIComponent(person.email)}&token=${token}`;
};

/** Sends a mail that the caller waits for. @throws Unavailable (503) when the mail server does not take it. */
export const sendMail = async (context: Context, mail: Mail): Promise<void> => {
  await context.resource<Mailer>('mailer').send(mail).catch((error) => {
    if (error instanceof MailFailed) throw new DomainError('Unavailable', 'The mail server does not take the mail now. Try again.');
    throw error;
  });
};

/** Mails a link to whoever forgot a password. The answer is the same, and takes as long, whether there is such a person or not. */
export const askReset = spanning({
  subject: 'cmd.auth.ask-reset', schema: z.object({ email: z.string({ error: 'email is needed.' }).min(1, 'email is needed.').max(255) }), access: to.anyone,
  handle: async ({ email }, context) => {
    const person = await context.db.one(sql`select id, email, first_name, ldap_uid from person where lower(email) = lower(${email}) and active and not coalesce(is_bot, false)`);
    const work = async () => {
      if (!person || inDirectory(context, person)) return;
      const url = await resetLink(context, person as any, RESET_HOURS);
      const page = mailPage({ title: 'Set a new password', paragraphs: [`Hello ${person.first_name},`, 'somebody asked for a new password for your account. If it was not you, leave this mail alone: nothing changes.',
        `The link works once, for ${RESET_HOURS} hours.`], button: { label: 'Set a new password', url } });
      await context.resource<Mailer>('mailer').send({ to: person.email, subject: 'Your new password', ...page });
    };
    void work().catch((error) => context.resource<Logger>('logger').error({ code: error?.code ?? null }, 'a mail was not sent'));
    return { success: 'Reset token sent' };
  },
});

const text = (name: string) => z.string({ error: `${name} is needed.` }).min(1, `${name} is needed.`).max(1_000);

/** Sets the new password with the token of the mail. A token works once. */
export const useReset = spanning({
  subject: 'cmd.auth.use-reset', secret: true, access: to.anyone, schema: z.object({ email: text('email'), token: text('token'), password: text('password'), password2: text('password2') }),
  handle: async ({ email, token, password, password2 }, context) => {
    const row = await context.db.one(sql`select r.token_hash, p.id from reset_token r join person p on p.id = r.person_id
      where r.token_hash = ${tokenHash(context.resource('secret'), token)} and r.until > (now() at time zone 'utc') and lower(p.email) = lower(${email}) and p.active`);
    if (!row) throw new Invalid('The token is wrong or has expired.');
    checkPassword(password, password2);
    const mine = await context.db.one(sql`delete from reset_token where token_hash = ${row.token_hash} returning person_id`);
    if (!mine) throw new Invalid('The token is wrong or has expired.');
    await setPassword(context, row.id, password);
    return { success: true };
  },
});

const personOf = async (context: Context, person_id: string) => {
  only.admin(context.caller);
  const row = await personRow(context, pathId({ params: { person_id } }, 'person_id'));
  if (!row.email) throw new Invalid('This person has no e-mail address.');
  return row as { id: string; email: string; first_name: string };
};

/** A link for an admin to hand over by another way than mail. */
export const makeResetLink = spanning({
  subject: 'cmd.auth.make-reset-link', secret: true, schema: z.object({ person_id: z.string() }), access: to.admins,
  handle: async ({ person_id }, context) => ({ reset_password_link: await resetLink(context, await personOf(context, person_id), RESET_HOURS) }),
});

/** Invites a person by mail: with a link to set a password. */
export const invite = spanning({
  subject: 'cmd.auth.invite', schema: z.object({ person_id: z.string() }), access: to.admins,
  handle: async ({ person_id }, context) => {
    const person = await personOf(context, person_id);
    const { name } = await organisationOf(context.db, false);
    const page = mailPage({ title: `You are invited by ${name}`, paragraphs: [`Hello ${person.first_name},`, `${name} invites you to its production tracker. Sign in with ${person.email} once you have set a password.`,
      'The link works once, for seven days.'], button: { label: 'Set a password', url: await resetLink(context, person, INVITE_HOURS) } });
    await sendMail(context, { to: person.email, subject: `You are invited by ${name}`, ...page });
    return { success: true, message: 'Email sent' };
  },
});
