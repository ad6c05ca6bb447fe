import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { Client, startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt, stepOf } from './totp.ts';

let studio: Studio;
let admin: Client;
beforeAll(async () => {
  studio = await startStudio({ env: { PUBLIC_URL: 'https://shotlog.test' } });
  admin = await studio.signIn();
}, 60_000);
afterAll(() => studio?.stop());

let count = 0;
const somebody = async () => {
  const email = `ivy${++count}@security.studio`;
  const { id } = await admin.must('POST', '/data/persons', { first_name: 'Ivy', last_name: 'Security', email, password: 'ivypassword' });
  const signIn = (proof = {}) => studio.nobody.post('/auth/login', { email, password: 'ivypassword', ...proof });
  return { id, email, signIn, me: new Client(studio.base, (await signIn()).body.access_token) };
};
/** The code of now, or of so many steps away: a code of the step to come counts as well. */
const codeOf = (seed: string, away = 0) => codeAt(seed, stepOf(Date.now()) + away);
const withTotp = async () => {
  const one = await somebody();
  const seed = (await one.me.must('PUT', '/auth/totp')).otp_secret as string;
  const { otp_recovery_codes } = await one.me.must('POST', '/auth/totp', { totp: codeOf(seed) });
  return { ...one, seed, codes: otp_recovery_codes as string[] };
};
const mailedCode = async (email: string, not?: string): Promise<string> => {
  for (let i = 0; i < 200; i++) {
    const folder = join(studio.dataDir, 'mails');
    const texts = await Promise.all((await readdir(folder).catch(() => [])).sort().map((name) => readFile(join(folder, name), 'utf8')));
    const code = texts.filter((t) => t.includes(`To: ${email}`)).map((t) => /your code is (\d{6})/.exec(t)?.[1]).findLast(Boolean);
    if (code && code !== not) return code;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no code came');
};

describe('an authenticator', () => {
  it('is set up with a code of it, and asked for from then on', async () => {
    const { me, signIn, id } = await somebody();
    expect((await me.post('/auth/totp', { totp: '123456' })).status).toBe(400);
    const { body } = await me.put('/auth/totp');
    expect(body.totp_provisionning_uri).toContain(body.otp_secret);
    expect((await me.post('/auth/totp', { totp: '000000' })).body.wrong_OTP).toBe(true);
    expect((await me.post('/auth/totp', {})).status).toBe(400);
    const confirmed = await me.must('POST', '/auth/totp', { totp: codeOf(body.otp_secret) });
    expect(new Set(confirmed.otp_recovery_codes).size).toBe(16);
    expect((await me.put('/auth/totp')).status).toBe(400);
    expect((await admin.get(`/data/persons/${id}`)).body).toMatchObject({ totp_enabled: true, preferred_two_factor_authentication: 'totp' });
    expect((await signIn()).body).toMatchObject({ login: false, missing_OTP: true, two_factor_authentication_enabled: ['recovery_code', 'totp'] });
    expect((await signIn({ totp: '000000' })).body).toMatchObject({ login: false, wrong_OTP: true });
    expect((await signIn({ totp: codeOf(body.otp_secret) })).body.login).toBe(true);
  });

  it('gives codes that count once', async () => {
    const { signIn, seed } = await withTotp();
    const [now, next] = [codeOf(seed), codeOf(seed, 1)];
    expect((await signIn({ totp: now })).body.login).toBe(true);
    expect((await signIn({ totp: now })).body).toMatchObject({ login: false, wrong_OTP: true });
    expect((await signIn({ totp: next })).body.login).toBe(true);
    expect((await signIn({ totp: now })).body).toMatchObject({ login: false, wrong_OTP: true });
  });

  it('counts once also when two sign in at the same moment', async () => {
    const { signIn, seed } = await withTotp();
    const totp = codeOf(seed);
    expect((await Promise.all([0, 1, 2].map(() => signIn({ totp })))).filter((r) => r.body.login).length).toBe(1);
  });

  it('goes only with a proof, after which a password is enough', async () => {
    const { me, signIn, codes } = await withTotp();
    expect((await me.delete('/auth/totp', {})).body.wrong_OTP).toBe(true);
    expect((await me.delete('/auth/totp', { recovery_code: codes[0] })).body).toEqual({ success: true });
    expect((await signIn()).body.login).toBe(true);
    expect((await me.delete('/auth/totp', {})).status).toBe(400);
  });

  it('is locked against guessing', async () => {
    const { me, seed } = await withTotp();
    for (let i = 0; i < 5; i++) await me.delete('/auth/totp', { totp: '000000' });
    expect((await me.delete('/auth/totp', { totp: codeOf(seed, 1) })).body.too_many_failed_login_attemps).toBe(true);
  });
});

describe('recovery codes', () => {
  it('count once, until new ones are made', async () => {
    const { me, signIn, codes } = await withTotp();
    expect((await signIn({ recovery_code: codes[0] })).body.login).toBe(true);
    expect((await signIn({ recovery_code: codes[0] })).body.wrong_OTP).toBe(true);
    const renewed = await me.put('/auth/recovery-codes', { recovery_code: codes[1] });
    expect((await signIn({ recovery_code: codes[2] })).body.wrong_OTP).toBe(true);
    expect((await signIn({ recovery_code: renewed.body.otp_recovery_codes[3] })).body.login).toBe(true);
    expect((await me.put('/auth/recovery-codes', {})).status).toBe(400);
  });

  it('are for accounts with a second factor', async () => expect((await (await somebody()).me.put('/auth/recovery-codes', {})).status).toBe(400));
});

describe('codes by mail', () => {
  it('are set up, mailed at sign-in, count once and go with a proof', async () => {
    const { me, email, signIn } = await somebody();
    expect((await studio.nobody.get(`/auth/email-otp?email=${email}`)).body).toEqual({ success: true });
    expect((await studio.nobody.get('/auth/email-otp')).status).toBe(400);
    expect((await me.delete('/auth/email-otp', {})).status).toBe(400);
    await me.must('PUT', '/auth/email-otp');
    const first = await mailedCode(email);
    for (const bad of [{}, { email_otp: first === '000000' ? '000001' : '000000' }]) expect((await me.post('/auth/email-otp', bad)).status).toBe(400);
    expect((await me.post('/auth/email-otp', { email_otp: first })).body.otp_recovery_codes).toHaveLength(16);
    expect((await signIn()).body).toMatchObject({ missing_OTP: true, preferred_two_factor_authentication: 'email_otp' });
    await studio.nobody.get(`/auth/email-otp?email=${email}`);
    const second = await mailedCode(email, first);
    expect((await signIn({ email_otp: second })).body.login).toBe(true);
    expect((await signIn({ email_otp: second })).body.wrong_OTP).toBe(true);
    await studio.nobody.get(`/auth/email-otp?email=${email}`);
    expect((await me.delete('/auth/email-otp', { email_otp: await mailedCode(email, second) })).body).toEqual({ success: true });
    expect((await signIn()).body.login).toBe(true);
  });
});

/** A security key in software: ES256, no attestation (WebAuthn, sections 6.1 and 8.7). */
const securityKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  const id = Buffer.from(`key ${++count}`);
  const b64 = (data: Uint8Array) => Buffer.from(data).toString('base64url');
  const client = (type: string, challenge: string) => Buffer.from(JSON.stringify({ type, challenge, origin: 'https://shotlog.test', crossOrigin: false }));
  const head = (flags: number, counter: number) => Buffer.concat([createHash('sha256').update('shotlog.test').digest(), Buffer.from([flags, 0, 0, 0, counter])]);
  const common = { id: b64(id), rawId: b64(id), type: 'public-key', clientExtensionResults: {} };
  return {
    register(challenge: string) {
      const cose = isoCBOR.encode(new Map<number, any>([[1, 2], [3, -7], [-1, 1], [-2, bytes(x!)], [-3, bytes(y!)]]));
      const authData = Buffer.concat([head(0x41, 0), Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
      const attestationObject = isoCBOR.encode(new Map<string, any>([['fmt', 'none'], ['attStmt', new Map()], ['authData', new Uint8Array(authData)]]));
      return { ...common, response: { clientDataJSON: b64(client('webauthn.create', challenge)), attestationObject: b64(attestationObject), transports: [] } };
    },
    prove(challenge: string, counter: number) {
      const [data, clientData] = [head(0x01, counter), client('webauthn.get', challenge)];
      const signature = sign('sha256', Buffer.concat([data, createHash('sha256').update(clientData).digest()]), privateKey);
      return { ...common, response: { clientDataJSON: b64(clientData), authenticatorData: b64(data), signature: b64(signature) } };
    },
  };
};

describe('a security key', () => {
  it('is set up, proves who signs in, and counts once for each challenge', async () => {
    const { me, email, signIn } = await somebody();
    expect((await studio.nobody.get(`/auth/fido?email=${email}`)).status).toBe(400);
    expect((await studio.nobody.get('/auth/fido')).status).toBe(400);
    const key = securityKey();
    const { challenge } = await me.must('PUT', '/auth/fido');
    for (const bad of [{}, { device_name: 'key' }, { device_name: 'key', registration_response: {} }]) expect((await me.post('/auth/fido', bad)).status).toBe(400);
    const asked = (await me.must('PUT', '/auth/fido')).challenge;
    expect(asked).not.toBe(challenge);
    const confirmed = await me.post('/auth/fido', { device_name: 'key', registration_response: key.register(asked) });
    expect(confirmed.body.otp_recovery_codes).toHaveLength(16);
    expect((await me.get('/auth/authenticated')).body.user.fido_devices).toEqual(['key']);
    expect((await signIn()).body.two_factor_authentication_enabled).toEqual(['fido', 'recovery_code']);
    const wanted = (await studio.nobody.get(`/auth/fido?email=${email}`)).body.challenge;
    const proof = key.prove(wanted, 1);
    expect((await signIn({ fido_authentication_response: proof })).body.login).toBe(true);
    expect((await signIn({ fido_authentication_response: proof })).body.wrong_OTP).toBe(true);
    const other = securityKey();
    expect((await signIn({ fido_authentication_response: other.prove((await studio.nobody.get(`/auth/fido?email=${email}`)).body.challenge, 1) })).body.wrong_OTP).toBe(true);
    const last = (await studio.nobody.get(`/auth/fido?email=${email}`)).body.challenge;
    expect((await me.delete('/auth/fido', { device_name: 'key', fido_authentication_response: key.prove(last, 2) })).body).toEqual({ success: true });
    expect((await signIn()).body.login).toBe(true);
  });
});

describe('a lost second factor', () => {
  it('is taken off by admins alone', async () => {
    const { id, me, signIn } = await withTotp();
    const path = `/actions/persons/${id}/disable-two-factor-authentication`;
    expect((await me.delete(path)).status).toBe(403);
    expect((await admin.delete(path)).body).toEqual({ success: true });
    expect((await admin.delete(path)).status).toBe(400);
    expect((await admin.delete('/actions/persons/11111111-2222-4333-8444-555555555555/disable-two-factor-authentication')).status).toBe(404);
    expect((await signIn()).body.login).toBe(true);
    expect((await admin.get(`/data/persons/${id}`)).body).toMatchObject({ totp_enabled: false, preferred_two_factor_authentication: null });
  });
});
