import { texts } from '@shotlog/kernel';
import { z } from 'zod';
import { organisation } from '../organisation/organisation.ts';
import { Person } from '../person/person.answers.ts';

export const Organisation = organisation.answer;
const Tokens = { access_token: z.string(), refresh_token: z.string() };

export const SignedIn = z.looseObject({ login: z.literal(true), user: Person, organisation: Organisation.nullable(), ...Tokens }).meta({ id: 'SignedIn' });
export const WhoIsSignedIn = z.object({ authenticated: z.literal(true), user: Person.extend({ fido_devices: texts }), organisation: Organisation.nullable() });
export const SignedOut = z.object({ logout: z.literal(true) });
export const Refreshed = z.object({ refresh: z.boolean().optional(), access_token: z.string() });
export const ResetAsked = z.object({ success: z.string() });
export const ResetLink = z.object({ reset_password_link: z.string() });
export const Invited = z.object({ success: z.boolean(), message: z.string() });

/** What an authenticator's app is given. */
export const TotpSecret = z.object({ otp_secret: z.string(), totp_provisionning_uri: z.string() });
export const RecoveryCodes = z.object({ otp_recovery_codes: texts });
/** A second factor is set up: codes to keep, where these are the first, and new tokens. */
export const FactorSetUp = z.looseObject({ otp_recovery_codes: texts.nullish(), access_token: z.string().optional(), refresh_token: z.string().optional() }).meta({ id: 'FactorSetUp' });

/** What a browser's `navigator.credentials` is asked with (WebAuthn level 2, section 5). */
export const KeyChallenge = z.looseObject({ challenge: z.string(), rpId: z.string(), timeout: z.number().optional(), allowCredentials: z.array(z.looseObject({ id: z.string(), type: z.string() })).optional(), userVerification: z.string().optional() });
export const NewKeyChallenge = z.looseObject({
  challenge: z.string(), rp: z.looseObject({ name: z.string(), id: z.string() }), user: z.looseObject({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.string() })),
});

export const LoginLog = z.object({ id: z.guid(), created_at: z.string(), ip_address: z.string().nullable(), person_id: z.guid(), origin: z.string() }).meta({ id: 'LoginLog' });
