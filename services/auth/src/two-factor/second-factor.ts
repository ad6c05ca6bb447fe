import { Invalid, sql, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { unwrapSecret } from '../person/private.ts';
import { countFailure, isLocked } from '../session/lockout.ts';
import { useEmailCode } from './email-code.ts';
import { proveDevice } from './fido.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import { stepOfCode } from './totp.ts';

/** What can stand beside a password. */
export const Proof = z.object({ totp: z.string().max(20).nullish(), email_otp: z.string().max(20).nullish(), recovery_code: z.string().max(40).nullish(), fido_authentication_response: z.any().optional() });
export type Proof = z.output<typeof Proof>;

export type Factor = 'totp' | 'email_otp' | 'fido';

const secretsOf = (context: Context, person_id: string) => context.db.one(sql`select s.*, p.preferred_two_factor_authentication as preferred from person_secret s join person p on p.id = s.person_id where s.person_id = ${person_id}`);
const factorsIn = (secrets: Record<string, any> | null): Factor[] => secrets === null ? []
  : [...(secrets.email_otp ? ['email_otp' as const] : []), ...(secrets.fido.length > 0 ? ['fido' as const] : []), ...(secrets.totp_secret ? ['totp' as const] : [])];

/** The second factors that a person has set up, as the private tables say it. */
export const factorsOf = async (context: Context, person_id: string): Promise<Factor[]> => factorsIn(await secretsOf(context, person_id));

/** A code of an authenticator counts once: its step, and every step before, is over then. */
const useTotp = async (context: Context, secrets: Record<string, any>, code: string): Promise<boolean> => {
  const step = stepOfCode(unwrapSecret(context.resource('secret'), secrets.totp_secret), code.trim(), Date.now());
  if (step === null) return false;
  return (await context.db.one(sql`update person_secret set totp_step = ${step} where person_id = ${secrets.person_id} and totp_step < ${step} returning person_id`)) !== null;
};

const fits = async (context: Context, secrets: Record<string, any>, factors: Factor[], proof: Proof): Promise<boolean> => {
  const id = secrets.person_id as string;
  if (proof.totp) return factors.includes('totp') && useTotp(context, secrets, proof.totp);
  if (proof.email_otp) return factors.includes('email_otp') && useEmailCode(context, id, proof.email_otp);
  if (proof.fido_authentication_response) return factors.includes('fido') && proveDevice(context, id, proof.fido_authentication_response);
  return proof.recovery_code ? useRecoveryCode(context, id, proof.recovery_code) : false;
};

type Refusal = { extra: Record<string, unknown>; message: string };

/** Checks the proof beside a password: 'fine' also where the account asks for none. What is right is used up. */
export const checkSecondFactor = async (context: Context, person_id: string, proof: Proof): Promise<'fine' | Refusal> => {
  const secrets = await secretsOf(context, person_id);
  const factors = factorsIn(secrets);
  if (factors.length === 0) return 'fine';
  const given = proof.totp || proof.email_otp || proof.recovery_code || proof.fido_authentication_response;
  if (!given) {
    const preferred = factors.includes(secrets!.preferred) ? secrets!.preferred : factors[0];
    return { message: 'This account asks for a second proof.', extra: { missing_OTP: true, preferred_two_factor_authentication: preferred,
      two_factor_authentication_enabled: [...factors, 'recovery_code'].sort() } };
  }
  return (await fits(context, secrets!, factors, proof)) ? 'fine' : { message: 'The code is wrong or was used before.', extra: { wrong_OTP: true } };
};

/** Asks somebody who is signed in for a second proof before the account's safety changes. @throws Invalid with `wrong_OTP`. */
export const demandProof = async (context: Context, person_id: string, proof: Proof): Promise<void> => {
  const secrets = await secretsOf(context, person_id);
  if (secrets && isLocked(secrets)) throw new Invalid('Too many failed attempts. Wait a minute and try again.', { extra: { too_many_failed_login_attemps: true } });
  if (secrets && (await fits(context, secrets, factorsIn(secrets), proof))) return;
  await countFailure(context, person_id);
  throw new Invalid('The code is wrong or missing.', { extra: { wrong_OTP: true } });
};
