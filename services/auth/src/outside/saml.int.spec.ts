import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import * as saml from 'samlify';
import { Client, startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SP = 'https://shotlog.test/api/auth/saml';
const ACS = `${SP}/sso`;
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** A key and its self-signed certificate, by openssl. */
const certificate = async (folder: string) => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=idp'], { stdio: 'ignore' });
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
};

let folder: string;
let studio: Studio;
let admin: Client;
let idp: saml.IdentityProviderInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotlog-saml-'));
  const { key, cert } = await certificate(folder);
  saml.setSchemaValidator({ validate: async () => 'fine' });
  idp = saml.IdentityProvider({ entityID: 'https://idp.test', privateKey: key, signingCert: cert, isAssertionEncrypted: false, wantAuthnRequestsSigned: false, singleSignOnService: [{ Binding: REDIRECT, Location: 'https://idp.test/sso' }],
    loginResponseTemplate: { context: saml.SamlLib.defaultLoginResponseTemplate.context, attributes: [{ name: 'email', valueTag: 'email', nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic', valueXsiType: 'xs:string' }] } });
  await writeFile(join(folder, 'idp.xml'), idp.getMetadata());
  studio = await startStudio({ env: { SAML_METADATA_URL: pathToFileURL(join(folder, 'idp.xml')).href, PUBLIC_URL: 'https://shotlog.test' } });
  admin = await studio.signIn();
}, 60_000);
afterAll(async () => {
  await studio?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The id of the request that a browser carries to the provider. */
const start = async (): Promise<string> => {
  const { status, headers } = await studio.nobody.get('/auth/saml/login');
  expect(status).toBe(302);
  const xml = inflateRawSync(Buffer.from(new URL(headers.get('location')!).searchParams.get('SAMLRequest')!, 'base64')).toString();
  return /ID="([^"]+)"/.exec(xml)![1]!;
};

/** What the provider posts back for a request. */
const vouch = async (email: string, request: string, audience = SP): Promise<string> => {
  const sp = saml.ServiceProvider({ entityID: audience, wantAssertionsSigned: true, assertionConsumerService: [{ Binding: POST, Location: ACS }] });
  const [now, later] = [new Date().toISOString(), new Date(Date.now() + 300_000).toISOString()];
  const values: Record<string, string> = { ID: `_r${Math.random()}`, AssertionID: `_a${Math.random()}`, Destination: ACS, Audience: audience, SubjectRecipient: ACS, Issuer: 'https://idp.test', IssueInstant: now, AssertionConsumerServiceURL: ACS,
    StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success', ConditionsNotBefore: now, ConditionsNotOnOrAfter: later, SubjectConfirmationDataNotOnOrAfter: later, NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    NameID: email, InResponseTo: request, AuthnStatement: '', attrEmail: email };
  const made = await idp.createLoginResponse(sp, { extract: { request: { id: request } } } as any, 'post', { email },
    (template: string) => ({ id: values.ID!, context: saml.SamlLib.replaceTagsByValue(template, values) }));
  return (made as { context: string }).context;
};

const post = (SAMLResponse: string) => fetch(`${studio.base}/auth/saml/sso`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ SAMLResponse }) });

describe('sign-in by SAML', () => {
  it('takes the signed answer to its own request, once', async () => {
    const { id } = await admin.must('POST', '/data/persons', { first_name: 'Sam', last_name: 'Saml', email: 'sam@outside.studio' });
    const answer = await vouch('sam@outside.studio', await start());
    const reply = await post(answer);
    expect([reply.status, reply.headers.get('location')]).toEqual([302, 'https://shotlog.test']);
    const cookie = reply.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
    expect((await studio.nobody.get('/auth/authenticated', { cookie })).body.user.id).toBe(id);
    expect((await post(answer)).status).toBe(400);
  });

  it('refuses what was changed on its way, meant for another, never asked for, or is no answer', async () => {
    const xml = Buffer.from(await vouch('sam@outside.studio', await start()), 'base64').toString();
    expect((await post(Buffer.from(xml.replaceAll('sam@outside.studio', 'admin@example.com')).toString('base64'))).status).toBe(400);
    expect((await post(Buffer.from(xml.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')).toString('base64'))).status).toBe(400);
    expect((await post(await vouch('sam@outside.studio', await start(), 'https://other.test'))).status).toBe(400);
    expect((await post(await vouch('sam@outside.studio', '_unasked'))).status).toBe(400);
    for (const bad of ['', 'x', Buffer.from('<a>').toString('base64')]) expect((await post(bad)).status).toBe(400);
  });
});
