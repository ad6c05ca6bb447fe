import { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { Invalid, json, sql, type Context } from '@shotlog/kernel';
import { keep, secretRow } from '../person/private.ts';

/** A security key as it is kept. `public_key` is base64url. */
export type Device = { device_name: string; id: string; public_key: string; counter: number; transports?: string[] };

const MINUTES = 5;
const site = (context: Context) => {
  const url = new URL(context.resource<string>('publicUrl'));
  return { id: url.hostname, origin: url.origin };
};

export const devicesOf = async (context: Pick<Context, 'db'>, person_id: string): Promise<Device[]> =>
  (await context.db.one<{ fido: Device[] }>(sql`select fido from person_secret where person_id = ${person_id}`))?.fido ?? [];

const keepDevices = (context: Context, person_id: string, devices: Device[]) =>
  keep(context.db, secretRow(person_id), sql`update person_secret set fido = ${json(devices)} where person_id = ${person_id}`);

const remember = (context: Context, person_id: string, purpose: string, challenge: string) =>
  context.db.batch([sql`insert into fido_challenge (person_id, purpose, challenge, until) values (${person_id}, ${purpose}, ${challenge}, (now() at time zone 'utc') + ${`${MINUTES} minutes`}::interval)
    on conflict (person_id, purpose) do update set challenge = excluded.challenge, until = excluded.until`]);

/** The challenge that was given out, which counts once. */
const recall = async (context: Context, person_id: string, purpose: string): Promise<string> => {
  const row = await context.db.one<{ challenge: string }>(sql`delete from fido_challenge where person_id = ${person_id} and purpose = ${purpose} and until > (now() at time zone 'utc') returning challenge`);
  if (!row) throw new Invalid('Ask for a challenge first.');
  return row.challenge;
};

/** What a browser needs to make a new key (WebAuthn, section 5.4). */
export const registrationOptions = async (context: Context, person: { id: string; email: string; full_name: string }) => {
  const options = await generateRegistrationOptions({ rpName: 'Shotlog', rpID: site(context).id, userName: person.email, userDisplayName: person.full_name, userID: new Uint8Array(Buffer.from(person.id)),
    excludeCredentials: (await devicesOf(context, person.id)).map(({ id }) => ({ id })) });
  await remember(context, person.id, 'register', options.challenge);
  const { rp, user, challenge, pubKeyCredParams, excludeCredentials, authenticatorSelection } = options;
  return { rp, user, challenge, pubKeyCredParams, excludeCredentials, authenticatorSelection };
};

/** Keeps a new key. @throws Invalid for an answer that does not fit the challenge, or a name that a key has already. */
export const registerDevice = async (context: Context, person_id: string, response: unknown, device_name: string): Promise<void> => {
  const { id, origin } = site(context);
  const devices = await devicesOf(context, person_id);
  if (devices.some((d) => d.device_name === device_name)) throw new Invalid('A key has this name already.');
  const expectedChallenge = await recall(context, person_id, 'register');
  const verified = await verifyRegistrationResponse({ response: response as any, expectedChallenge, expectedOrigin: origin, expectedRPID: id, requireUserVerification: false })
    .catch(() => ({ verified: false as const, registrationInfo: undefined }));
  if (!verified.verified || !verified.registrationInfo) throw new Invalid('The security key did not answer as it should.');
  const { credential } = verified.registrationInfo;
  await keepDevices(context, person_id, [...devices, { device_name, id: credential.id, public_key: Buffer.from(credential.publicKey).toString('base64url'), counter: credential.counter }]);
};

/** Takes a key away. Answers how many are left. @throws Invalid for a name that no key has. */
export const removeDevice = async (context: Context, person_id: string, device_name: string): Promise<number> => {
  const devices = await devicesOf(context, person_id);
  const rest = devices.filter((d) => d.device_name !== device_name);
  if (rest.length === devices.length) throw new Invalid('No key has this name.');
  await keepDevices(context, person_id, rest);
  return rest.length;
};

/** What a browser needs to prove a key (WebAuthn, section 5.5). */
export const authenticationOptions = async (context: Context, person_id: string) => {
  const options = await generateAuthenticationOptions({ rpID: site(context).id, allowCredentials: (await devicesOf(context, person_id)).map(({ id }) => ({ id })), userVerification: 'preferred' });
  await remember(context, person_id, 'sign-in', options.challenge);
  return options;
};

/** Whether the answer proves a key of the person. */
export const proveDevice = async (context: Context, person_id: string, response: any): Promise<boolean> => {
  const { id, origin } = site(context);
  const devices = await devicesOf(context, person_id);
  const device = devices.find((d) => d.id === response?.id);
  if (!device) return false;
  const expectedChallenge = await recall(context, person_id, 'sign-in').catch(() => null);
  if (expectedChallenge === null) return false;
  const verified = await verifyAuthenticationResponse({ response, expectedChallenge, expectedOrigin: origin, expectedRPID: id, requireUserVerification: false,
    credential: { id: device.id, publicKey: new Uint8Array(Buffer.from(device.public_key, 'base64url')), counter: device.counter } }).catch(() => null);
  if (!verified?.verified) return false;
  await keepDevices(context, person_id, devices.map((d) => (d.id === device.id ? { ...d, counter: verified.authenticationInfo.newCounter } : d)));
  return true;
};
