import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server as Tcp } from 'node:net';
import { exportJWK, SignJWT } from 'jose';
import { Client, startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** An OpenID Connect provider: vouches for whomever `told` names. */
const provider = async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const asked = new Map<string, { nonce: string; challenge: string }>();
  const state = { told: {} as Record<string, unknown> };
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url!, issuer);
    const answer = (body: unknown, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') return answer({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`, response_types_supported: ['code'], id_token_signing_alg_values_supported: ['RS256'] });
    if (url.pathname === '/keys') return answer({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] });
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const known = asked.get(form.get('code') ?? '');
    if (!known || createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url') !== known.challenge) return answer({ error: 'invalid_grant' }, 400);
    const id_token = await new SignJWT({ nonce: known.nonce, ...state.told }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setIssuer(issuer).setAudience('shotlog').setSubject('someone').setIssuedAt().setExpirationTime('5m').sign(privateKey);
    return answer({ access_token: 'a', token_type: 'bearer', id_token });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** The person agrees at the provider, which sends back with a code. */
  const agree = (location: string) => {
    const wanted = new URL(location).searchParams;
    asked.set('the-code', { nonce: wanted.get('nonce')!, challenge: wanted.get('code_challenge')! });
    return `code=the-code&state=${wanted.get('state')}`;
  };
  return { issuer, state, agree, stop: () => server.close() };
};

/** A directory (LDAP) that takes one name with one password: simple binds are answered, nothing else is known (RFC 4511, section 4.2). */
const directory = async (): Promise<{ url: string; server: Tcp }> => {
  const server = createTcp((socket) => socket.on('data', (data) => {
    const id = data[4]!;
    if (data[5] !== 0x60) return socket.end();
    const right = data.includes('uid=lena,ou=people') && data.includes('directorypassword');
    socket.write(Buffer.from([0x30, 0x0c, 0x02, 0x01, id, 0x61, 0x07, 0x0a, 0x01, right ? 0 : 49, 0x04, 0x00, 0x04, 0x00]));
  }));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
};

let idp: Awaited<ReturnType<typeof provider>>;
let ldap: Awaited<ReturnType<typeof directory>>;
let studio: Studio;
let admin: Client;
beforeAll(async () => {
  idp = await provider();
  ldap = await directory();
  studio = await startStudio({ env: { OIDC_ISSUER: idp.issuer, OIDC_CLIENT_ID: 'shotlog', OIDC_CLIENT_SECRET: 'x'.repeat(20), LDAP_URL: ldap.url, LDAP_USER_DN: 'uid={uid},ou=people', PUBLIC_URL: 'https://shotlog.test' } });
  admin = await studio.signIn();
}, 60_000);
afterAll(async () => {
  await studio?.stop();
  idp?.stop();
  ldap?.server.close();
});

const start = async () => {
  const reply = await studio.nobody.get('/auth/oidc/login');
  return { location: reply.headers.get('location')!, cookie: reply.headers.getSetCookie()[0]!.split(';')[0]!, status: reply.status };
};
const signInAs = async (told: Record<string, unknown>) => {
  idp.state.told = told;
  const { location, cookie } = await start();
  const query = idp.agree(location);
  return { query, cookie, reply: await studio.nobody.get(`/auth/oidc/callback?${query}`, { cookie }) };
};

describe('sign-in by OpenID Connect', () => {
  it('goes to the provider and comes back with cookies', async () => {
    const { email, id } = await admin.must('POST', '/data/persons', { first_name: 'Olga', last_name: 'Outside', email: 'olga@outside.studio' });
    const { reply } = await signInAs({ email: 'Olga@outside.studio', email_verified: true });
    expect([reply.status, reply.headers.get('location')]).toEqual([302, 'https://shotlog.test']);
    const cookie = reply.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
    for (const c of reply.headers.getSetCookie()) if (c.includes('token_cookie')) expect(c).toContain('; Secure');
    expect((await studio.nobody.get('/auth/authenticated', { cookie })).body.user).toMatchObject({ id, email });
  });

  it('makes an artist of who is not there yet', async () => {
    expect((await signInAs({ email: 'new@outside.studio', given_name: 'Nina', family_name: 'New' })).reply.status).toBe(302);
    expect((await admin.get('/data/persons?email=new@outside.studio')).body).toMatchObject([{ first_name: 'Nina', last_name: 'New', role: 'user' }]);
  });

  it('counts once, and only in the browser that started it', async () => {
    const { query, cookie } = await signInAs({ email: 'olga@outside.studio' });
    expect((await studio.nobody.get(`/auth/oidc/callback?${query}`, { cookie })).status).toBe(400);
    const { location } = await start();
    expect((await studio.nobody.get(`/auth/oidc/callback?${idp.agree(location)}`)).status).toBe(400);
    expect((await studio.nobody.get(`/auth/oidc/callback?${idp.agree(location)}`, { cookie })).status).toBe(400);
    expect((await studio.nobody.get('/auth/oidc/callback')).status).toBe(400);
  });

  it('refuses addresses that nobody verified, and accounts that are not active', async () => {
    expect((await signInAs({ email: 'olga@outside.studio', email_verified: false })).reply.status).toBe(400);
    expect((await signInAs({})).reply.status).toBe(400);
    await admin.must('POST', '/data/persons', { first_name: 'Otto', last_name: 'Out', email: 'otto@outside.studio', active: false });
    expect((await signInAs({ email: 'otto@outside.studio' })).reply.status).toBe(401);
  });
});

describe('sign-in by the directory (LDAP)', () => {
  it('asks the directory for who has a name there, and nobody else', async () => {
    const password = 'localpassword';
    await admin.must('POST', '/data/persons', { first_name: 'Lena', last_name: 'Ldap', email: 'lena@outside.studio', ldap_uid: 'lena', password });
    await admin.must('POST', '/data/persons', { first_name: 'Lou', last_name: 'Local', email: 'lou@outside.studio', password });
    const signIn = (email: string, given: string) => studio.nobody.post('/auth/login', { email, password: given });
    const { body } = await signIn('lena@outside.studio', 'directorypassword');
    expect(body.login).toBe(true);
    for (const [email, given] of [['lena', password], ['lena', ''], ['lou', 'directorypassword']]) expect((await signIn(`${email}@outside.studio`, given!)).status).toBe(400);
    expect((await signIn('lou@outside.studio', password)).status).toBe(200);
    const change = { old_password: 'directorypassword', password: 'another00', password_2: 'another00' };
    expect((await new Client(studio.base, body.access_token).post('/auth/change-password', change)).status).toBe(400);
  });
});

describe('SAML that is not set up', () => {
  it('is refused', async () => {
    expect((await studio.nobody.get('/auth/saml/login')).status).toBe(400);
    expect((await studio.nobody.post('/auth/saml/sso', {})).status).toBe(400);
  });
});
