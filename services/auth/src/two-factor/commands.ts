import { Invalid, newId, only, pathId, spanning, sql, to, type Context } from '@shotlog/kernel';
import { type Mailer } from '@shotlog/mail';
import type { Logger } from 'pino';
import { z } from 'zod';
import { organisationOf } from '../organisation/organisation.queries.ts';
import { personRow } from '../person/person.queries.ts';
import { keep, secretRow, unwrapSecret, wrapSecret } from '../person/private.ts';
import { revise } from '../person/update-person.ts';
import { sendMail } from '../session/reset-password.ts';
import { signTokens } from '../session/start-session.ts';
import { newEmailCode, useEmailCode } from './email-code.ts';
import { authenticationOptions, registerDevice, registrationOptions, removeDevice } from './fido.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { demandProof, factorsOf, Proof, type Factor } from './second-factor.ts';
import { newSeed, provisioningUri, stepOfCode } from './totp.ts';

const wrongCode = (message = 'The code is wrong.') => new Invalid(message, { extra: { wrong_OTP: true } });
const FACT = { totp: 'totp_enabled', email_otp: 'email_otp_enabled', fido: 'fido_enabled' } as const;

const me = async (context: Context) => {
  const row = await personRow(context, context.caller.personId);
  if (row.is_bot) throw new Invalid('A bot has no second factor.');
  return row as Record<string, any> & { id: string; email: string; first_name: string; full_name: string };
};

const hasCodes = async (context: Context, id: string) =>
  (await context.db.one(sql`select 1 from person_secret where person_id = ${id} and jsonb_array_length(recovery_codes) > 0`)) !== null;

/** Tells the studio (and the person's own pages) that a factor is there. With the first one come the recovery codes. */
const enabled = async (context: Context, row: Record<string, any>, factor: Factor) => {
  const otp_recovery_codes = (await hasCodes(context, row.id)) ? [] : await makeRecoveryCodes(context, row.id);
  await revise(context, row, { [FACT[factor]]: true, preferred_two_factor_authentication: row.preferred_two_factor_authentication ?? factor }, factor);
  return { otp_recovery_codes, ...(await signTokens(context, row.id, newId())) };
};

const disabled = async (context: Context, row: Record<string, any>, factor: Factor) => {
  const left = await factorsOf(context, row.id);
  if (left.length === 0) await keep(context.db, sql`update person_secret set recovery_codes = '[]' where person_id = ${row.id}`);
  const preferred = row.preferred_two_factor_authentication === factor ? (left[0] ?? null) : row.preferred_two_factor_authentication;
  await revise(context, row, { [FACT[factor]]: left.includes(factor), preferred_two_factor_authentication: left.length === 0 ? null : preferred }, factor);
  return { success: true };
};

const demand = async (context: Context, factor: Factor) => {
  const row = await me(context);
  if (!(await factorsOf(context, row.id)).includes(factor)) throw new Invalid('This second factor is not set up.');
  return row;
};

export const askTotp = spanning({
  subject: 'cmd.auth.ask-totp', secret: true, schema: z.object({}), access: to.signedIn,
  handle: async (_, context) => {
    const row = await me(context);
    if ((await factorsOf(context, row.id)).includes('totp')) throw new Invalid('An authenticator is set up already.');
    const seed = newSeed();
    await keep(context.db, secretRow(row.id), sql`update person_secret set totp_pending = ${wrapSecret(context.resource('secret'), seed)} where person_id = ${row.id}`);
    return { otp_secret: seed, totp_provisionning_uri: provisioningUri((await organisationOf(context.db, false)).name, row.email ?? row.full_name, seed) };
  },
});

export const confirmTotp = spanning({
  subject: 'cmd.auth.confirm-totp', secret: true, schema: z.object({ totp: z.string({ error: 'totp is needed.' }).max(20) }), access: to.signedIn,
  handle: async ({ totp }, context) => {
    const row = await me(context);
    const found = await context.db.one(sql`select totp_pending, totp_secret from person_secret where person_id = ${row.id}`);
    if (found?.totp_secret) throw new Invalid('An authenticator is set up already.');
    if (!found?.totp_pending) throw new Invalid('Ask for a secret first.');
    if (stepOfCode(unwrapSecret(context.resource('secret'), found.totp_pending), totp.trim(), Date.now()) === null) throw wrongCode();
    await keep(context.db, sql`update person_secret set totp_secret = totp_pending, totp_pending = null, totp_step = 0 where person_id = ${row.id}`);
    return enabled(context, row, 'totp');
  },
});

export const removeTotp = spanning({
  subject: 'cmd.auth.remove-totp', secret: true, schema: Proof, access: to.signedIn,
  handle: async (proof, context) => {
    const row = await demand(context, 'totp');
    await demandProof(context, row.id, proof);
    await keep(context.db, sql`update person_secret set totp_secret = null, totp_pending = null where person_id = ${row.id}`);
    return disabled(context, row, 'totp');
  },
});

export const askEmailOtp = spanning({
  subject: 'cmd.auth.ask-email-otp', secret: true, schema: z.object({}), access: to.signedIn,
  handle: async (_, context) => {
    const row = await me(context);
    if ((await factorsOf(context, row.id)).includes('email_otp')) throw new Invalid('Codes by mail are set up already.');
    if (!row.email) throw new Invalid('This account has no e-mail address.');
    await sendMail(context, await newEmailCode(context, row));
    return { success: true };
  },
});

export const confirmEmailOtp = spanning({
  subject: 'cmd.auth.confirm-email-otp', secret: true, schema: z.object({ email_otp: z.string({ error: 'email_otp is needed.' }).max(20) }), access: to.signedIn,
  handle: async ({ email_otp }, context) => {
    const row = await me(context);
    if ((await factorsOf(context, row.id)).includes('email_otp')) throw new Invalid('Codes by mail are set up already.');
    if (!(await useEmailCode(context, row.id, email_otp))) throw wrongCode();
    await keep(context.db, secretRow(row.id), sql`update person_secret set email_otp = true where person_id = ${row.id}`);
    return enabled(context, row, 'email_otp');
  },
});

export const removeEmailOtp = spanning({
  subject: 'cmd.auth.remove-email-otp', secret: true, schema: Proof, access: to.signedIn,
  handle: async (proof, context) => {
    const row = await demand(context, 'email_otp');
    await demandProof(context, row.id, proof);
    await keep(context.db, sql`update person_secret set email_otp = false where person_id = ${row.id}`);
    return disabled(context, row, 'email_otp');
  },
});

const Email = z.object({ email: z.string({ error: 'email is needed.' }).min(1, 'email is needed.').max(255) });

/** Mails a code to whoever signs in with one. The answer tells nobody whether there is such an account. */
export const mailCode = spanning({
  subject: 'cmd.auth.mail-code', schema: Email, access: to.anyone,
  handle: async ({ email }, context) => {
    const row = await context.db.one(sql`select p.id, p.email, p.first_name from person p join person_secret s on s.person_id = p.id where lower(p.email) = lower(${email}) and p.active and s.email_otp`);
    if (row) void newEmailCode(context, row as any).then((mail) => context.resource<Mailer>('mailer').send(mail))
      .catch((error) => context.resource<Logger>('logger').error({ code: error?.code ?? null }, 'a mail was not sent'));
    return { success: true };
  },
});

export const askKey = spanning({ subject: 'cmd.auth.ask-key', schema: z.object({}), access: to.signedIn, handle: async (_, context) => registrationOptions(context, await me(context)) });

export const confirmKey = spanning({
  subject: 'cmd.auth.confirm-key', secret: true, access: to.signedIn,
  schema: z.object({ registration_response: z.any().optional().refine((v) => v !== undefined && v !== null, 'registration_response is needed.'), device_name: z.string({ error: 'device_name is needed.' }).min(1).max(80) }),
  handle: async ({ registration_response, device_name }, context) => {
    const row = await me(context);
    await registerDevice(context, row.id, registration_response, device_name);
    return enabled(context, row, 'fido');
  },
});

export const removeKey = spanning({
  subject: 'cmd.auth.remove-key', secret: true, schema: Proof.extend({ device_name: z.string({ error: 'device_name is needed.' }).min(1).max(80) }), access: to.signedIn,
  handle: async ({ device_name, ...proof }, context) => {
    const row = await demand(context, 'fido');
    await demandProof(context, row.id, proof);
    await removeDevice(context, row.id, device_name);
    return disabled(context, row, 'fido');
  },
});

/** What a browser needs to prove a security key at sign-in. */
export const challengeKey = spanning({
  subject: 'cmd.auth.challenge-key', schema: Email, access: to.anyone,
  handle: async ({ email }, context) => {
    const row = await context.db.one<{ id: string }>(sql`select p.id from person p join person_secret s on s.person_id = p.id where lower(p.email) = lower(${email}) and p.active and jsonb_array_length(s.fido) > 0`);
    if (!row) throw new Invalid('This account has no security key.');
    return authenticationOptions(context, row.id);
  },
});

export const renewCodes = spanning({
  subject: 'cmd.auth.renew-recovery-codes', secret: true, schema: Proof, access: to.signedIn,
  handle: async (proof, context) => {
    const row = await me(context);
    if ((await factorsOf(context, row.id)).length === 0) throw new Invalid('This account has no second factor.');
    await demandProof(context, row.id, proof);
    return { otp_recovery_codes: await makeRecoveryCodes(context, row.id) };
  },
});

/** An admin takes every second factor off an account whose owner lost them. */
export const disableTwoFactor = spanning({
  subject: 'cmd.auth.disable-two-factor', schema: z.object({ person_id: z.string() }), access: to.admins,
  handle: async ({ person_id }, context) => {
    only.admin(context.caller);
    const row = await personRow(context, pathId({ params: { person_id } }, 'person_id'));
    if ((await factorsOf(context, row.id)).length === 0) throw new Invalid('This account has no second factor.');
    await keep(context.db, sql`update person_secret set totp_secret = null, totp_pending = null, email_otp = false, fido = '[]', recovery_codes = '[]' where person_id = ${row.id}`);
    await revise(context, row, { totp_enabled: false, email_otp_enabled: false, fido_enabled: false, preferred_two_factor_authentication: null }, 'disable');
    return { success: true };
  },
});
