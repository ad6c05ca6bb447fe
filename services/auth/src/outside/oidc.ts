import { Invalid, Reply, route, spanning, to, type Context, type Request, type Route } from '@shotlog/kernel';
import type { Configuration } from 'openid-client';
import { z } from 'zod';
import { sameText } from '../person/private.ts';
import { cookiesOf, withCookies } from '../session/cookies.ts';
import { recall, remember, signInFromOutside } from './sign-in-from-outside.ts';

export type Oidc = { configuration: () => Promise<Configuration>; redirectUri: string; scope: string; create: boolean };

const STATE_COOKIE = 'oidc_state';
const STATE_SECONDS = 600;
const isLocal = (url: URL) => url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);

/** What the environment says about an OpenID Connect provider; null without `OIDC_ISSUER`. The provider is asked at the first sign-in. */
export const oidcOf = (config: Record<string, unknown>, publicUrl: string): Oidc | null => {
  if (!config.OIDC_ISSUER) return null;
  const issuer = new URL(String(config.OIDC_ISSUER));
  let found: Promise<Configuration> | null = null;
  const configuration = () => {
    found ??= import('openid-client').then((client) => client.discovery(issuer, String(config.OIDC_CLIENT_ID ?? 'shotlog'), config.OIDC_CLIENT_SECRET ? String(config.OIDC_CLIENT_SECRET) : undefined, undefined,
      isLocal(issuer) ? { execute: [client.allowInsecureRequests] } : undefined));
    found.catch(() => { found = null; });
    return found;
  };
  return { configuration, redirectUri: `${publicUrl}/api/auth/oidc/callback`, scope: String(config.OIDC_SCOPE ?? 'openid email profile'), create: String(config.OIDC_CREATE_PERSONS ?? 'true') !== 'false' };
};

const configured = (context: Context): Oidc => {
  const oidc = context.resource<Oidc | null>('oidc');
  if (!oidc) throw new Invalid('Sign-in by OpenID Connect is not set up.');
  return oidc;
};

const reached = <T>(work: Promise<T>): Promise<T> => work.catch((cause) => {
  throw Object.assign(new Invalid('The identity provider refuses this sign-in, or does not answer.', { extra: { login: false } }), { cause });
});

const start = spanning({
  subject: 'cmd.auth.start-oidc', schema: z.object({}), access: to.anyone,
  handle: async (_, context) => {
    const { configuration, redirectUri, scope } = configured(context);
    const client = await import('openid-client');
    const [config, state, nonce, verifier] = [await reached(configuration()), client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    await remember(context, state, { nonce, verifier });
    const url = client.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope, state, nonce, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
    return { location: url.href, state, secure: context.resource<boolean>('secureCookies') };
  },
});

const finish = spanning({
  subject: 'cmd.auth.finish-oidc', access: to.anyone, schema: z.object({ query: z.string().max(8_000), state: z.string().nullable(), cookie: z.string().nullable(), address: z.string().nullish() }),
  handle: async ({ query, state, cookie, address }, context) => {
    const { configuration, redirectUri, create } = configured(context);
    // The cookie ties the sign-in to the browser that started it: nobody can be signed in to another's account.
    if (!state || !cookie || !sameText(state, cookie)) throw new Invalid('This sign-in was not started in this browser. Start again.');
    const { nonce, verifier } = await recall(context, state);
    const client = await import('openid-client');
    const config = await reached(configuration());
    const tokens = await reached(client.authorizationCodeGrant(config, new URL(`${redirectUri}?${query}`), { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }));
    const told = tokens.claims()!;
    const claims: Record<string, unknown> = told.email ? told : { ...told, ...(await reached(client.fetchUserInfo(config, tokens.access_token, told.sub))) };
    if (typeof claims.email !== 'string' || claims.email_verified === false) throw new Invalid('The identity provider vouches for no e-mail address of yours.');
    const text = (value: unknown, otherwise: string) => (typeof value === 'string' && value ? value.slice(0, 80) : otherwise);
    return signInFromOutside(context, { email: claims.email, first_name: text(claims.given_name, text(claims.name, claims.email.split('@')[0]!)), last_name: text(claims.family_name, '') }, { create, address: address ?? null });
  },
});

const finishInput = (r: Request) => ({ query: r.search.toString(), state: r.search.get('state'), cookie: cookiesOf(r.headers).get(STATE_COOKIE) ?? null, address: r.address ?? null });

export const oidcRoutes: Route[] = [
  route({ method: 'get', path: '/auth/oidc/login', summary: 'Sign in by the identity provider of the studio (OpenID Connect)', answers: { 302: null }, command: start, status: 302, input: () => ({}),
    reply: ({ location, state, secure }) => new Reply(302, { location, 'set-cookie': `${STATE_COOKIE}=${state}; Path=/api/auth/oidc; Max-Age=${STATE_SECONDS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}` }, null) }),
  route({ method: 'get', path: '/auth/oidc/callback', summary: 'Where the identity provider sends back to', answers: { 302: null }, command: finish, status: 302, input: finishInput,
    reply: ({ body, location, secure }) => {
      const { headers } = withCookies(null, { access_token: body.access_token, refresh_token: body.refresh_token, secure });
      return new Reply(302, { location, 'set-cookie': headers['set-cookie']! }, null);
    } }),
];
