import { Invalid, Reply, route, spanning, to, type Context, type Request, type Route } from '@shotlog/kernel';
import { readFile } from 'node:fs/promises';
import type { IdentityProviderInstance, ServiceProviderInstance } from 'samlify';
import { z } from 'zod';
import { withCookies } from '../session/cookies.ts';
import { recall, remember, signInFromOutside } from './sign-in-from-outside.ts';

export type Saml = { parties: () => Promise<{ sp: ServiceProviderInstance; idp: IdentityProviderInstance }>; entityId: string; create: boolean };

const TIMEOUT_MS = 10_000;
const metadataOf = async (where: string): Promise<string> => {
  if (where.startsWith('file:')) return readFile(new URL(where), 'utf8');
  const answer = await fetch(where, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`${where} answered ${answer.status}`);
  return answer.text();
};

const join = async (metadataUrl: string, entityId: string, acs: string) => {
  const saml = await import('samlify');
  // Signatures are what counts. Entities of a document type have no place in an assertion and are how parsers are fooled.
  saml.setSchemaValidator({ validate: async (xml: string) => { if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw new Error('document types are not taken'); return 'taken'; } });
  const idp = saml.IdentityProvider({ metadata: await metadataOf(metadataUrl) });
  const sp = saml.ServiceProvider({ entityID: entityId, authnRequestsSigned: false, wantAssertionsSigned: true, assertionConsumerService: [{ Binding: saml.Constants.namespace.binding.post, Location: acs }] });
  return { sp, idp };
};

/** What the environment says about a SAML identity provider; null without `SAML_METADATA_URL` (https: or file:), which is read at the first sign-in. */
export const samlOf = (config: Record<string, unknown>, publicUrl: string): Saml | null => {
  if (!config.SAML_METADATA_URL) return null;
  const entityId = String(config.SAML_ENTITY_ID ?? `${publicUrl}/api/auth/saml`);
  let found: ReturnType<Saml['parties']> | null = null;
  const parties = () => {
    found ??= join(String(config.SAML_METADATA_URL), entityId, `${publicUrl}/api/auth/saml/sso`);
    found.catch(() => { found = null; });
    return found;
  };
  return { parties, entityId, create: String(config.SAML_CREATE_PERSONS ?? 'true') !== 'false' };
};

const configured = (context: Context): Saml => {
  const saml = context.resource<Saml | null>('saml');
  if (!saml) throw new Invalid('Sign-in by SAML is not set up.');
  return saml;
};

const refused = (cause: unknown) => Object.assign(new Invalid('The identity provider refuses this sign-in, or its answer is not valid.', { extra: { login: false } }), { cause });

const start = spanning({
  subject: 'cmd.auth.start-saml', schema: z.object({}), access: to.anyone,
  handle: async (_, context) => {
    const { sp, idp } = await configured(context).parties().catch((error) => { throw error instanceof Invalid ? error : refused(error); });
    const { id, context: location } = sp.createLoginRequest(idp, 'redirect');
    await remember(context, id, {});
    return { location };
  },
});

const first = (value: unknown): string => String((Array.isArray(value) ? value[0] : value) ?? '');
/** The first attribute whose name ends like one of these, whatever namespace the provider puts before it. */
const attribute = (attributes: Record<string, unknown>, ...endings: string[]): string => {
  for (const ending of endings) for (const [name, value] of Object.entries(attributes)) if (name.toLowerCase().endsWith(ending)) return first(value).slice(0, 255);
  return '';
};

const finish = spanning({
  subject: 'cmd.auth.finish-saml', access: to.anyone, schema: z.object({ SAMLResponse: z.string().max(500_000).optional(), address: z.string().nullish() }),
  handle: async ({ SAMLResponse, address }, context) => {
    const { parties, entityId, create } = configured(context);
    if (!SAMLResponse) throw new Invalid('SAMLResponse is needed.');
    const { sp, idp } = await parties().catch((error) => { throw refused(error); });
    const { extract } = await sp.parseLoginResponse(idp, 'post', { body: { SAMLResponse } }).catch((error) => { throw refused(error); });
    if (![extract.audience].flat().includes(entityId)) throw refused('meant for another');
    await recall(context, String(extract.response?.inResponseTo ?? ''));
    const attributes = (extract.attributes ?? {}) as Record<string, unknown>;
    const email = attribute(attributes, 'emailaddress', 'email', 'mail') || String(extract.nameID ?? '');
    if (!email.includes('@')) throw new Invalid('The identity provider tells no e-mail address of yours.');
    return signInFromOutside(context, { email, first_name: attribute(attributes, 'givenname', 'firstname', 'first_name').slice(0, 80) || email.split('@')[0]!.slice(0, 80),
      last_name: attribute(attributes, 'surname', 'lastname', 'last_name', '/sn').slice(0, 80) }, { create, address: address ?? null });
  },
});

const formInput = (r: Request) => ({ ...(typeof r.body === 'object' && r.body !== null ? r.body : {}), address: r.address ?? null });

export const samlRoutes: Route[] = [
  route({ method: 'get', path: '/auth/saml/login', summary: 'Sign in by the identity provider of the studio (SAML 2.0)', answers: { 302: null }, command: start, status: 302, input: () => ({}),
    reply: ({ location }) => new Reply(302, { location }, null) }),
  route({ method: 'post', path: '/auth/saml/sso', summary: 'Where the identity provider posts its answer to', body: z.object({ SAMLResponse: z.string() }), answers: { 302: null }, command: finish, status: 302, input: formInput,
    reply: ({ body, location, secure }) => new Reply(302, { location, 'set-cookie': withCookies(null, { access_token: body.access_token, refresh_token: body.refresh_token, secure }).headers['set-cookie']! }, null) }),
];
