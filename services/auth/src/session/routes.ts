import { route, Success, to, type Request, type Route } from '@shotlog/kernel';
import { organisationOf } from '../organisation/organisation.queries.ts';
import { personCard } from '../person/person.queries.ts';
import { devicesOf } from '../two-factor/fido.ts';
import { isBrowser, tokensOf, withCookies } from './cookies.ts';
import { loginLogsRoute } from './login-log.ts';
import { changeOwnPassword, setPasswordOf } from './password.ts';
import { askReset, invite, makeResetLink, useReset } from './reset-password.ts';
import { SignIn, signIn } from './sign-in.ts';
import { refresh, signOut } from './sign-out.ts';
import { Invited, Refreshed, ResetAsked, ResetLink, SignedIn, SignedOut, WhoIsSignedIn } from './session.answers.ts';

const signInInput = (r: Request) => (typeof r.body === 'object' && r.body !== null && !Array.isArray(r.body) ? { ...r.body, browser: isBrowser(r.headers), address: r.address ?? null } : r.body ?? {});

export const sessionRoutes: Route[] = [
  route({ method: 'post', path: '/auth/login', summary: 'Sign in', body: SignIn.omit({ browser: true, address: true }), answers: { 200: SignedIn }, description: 'Scripts take the tokens of the answer; browsers get cookies as well. An account with a second factor answers `missing_OTP` until the proof stands beside the password.',
    command: signIn, status: 200, input: signInInput,
    reply: ({ body, browser, secure }) => (browser ? withCookies(body, { access_token: body.access_token, refresh_token: body.refresh_token, secure }) : body) }),
  route({ method: 'get', path: '/auth/logout', summary: 'Sign out', answers: { 200: SignedOut }, command: signOut, status: 200, input: tokensOf,
    reply: ({ secure }, r) => (isBrowser(r.headers) ? withCookies({ logout: true }, { access_token: null, refresh_token: null, secure }) : { logout: true }) }),
  route({ method: 'get', path: '/auth/refresh-token', summary: 'Get a new access token with a refresh token', answers: { 200: Refreshed }, command: refresh, status: 200, input: tokensOf,
    reply: ({ access_token, browser, secure }) => (browser ? withCookies({ refresh: true, access_token }, { access_token, secure }) : { access_token }) }),
  route({ method: 'get', path: '/auth/authenticated', summary: 'Who is signed in', answers: { 200: WhoIsSignedIn }, access: to.signedIn,
    ask: async (c) => {
      const id = c.caller.personId;
      const [user, organisation, devices] = await Promise.all([personCard(c.db, id), organisationOf(c.db, c.caller.isAdmin), devicesOf(c, id)]);
      return { authenticated: true, user: { ...user, fido_devices: devices.map((d) => d.device_name) }, organisation };
    } }),
  route({ method: 'post', path: '/auth/change-password', summary: 'Change your password', answers: { 200: Success }, command: changeOwnPassword, status: 200 }),
  route({ method: 'post', path: '/auth/reset-password', summary: 'Ask for a link to set a new password', answers: { 200: ResetAsked }, command: askReset, status: 200 }),
  route({ method: 'put', path: '/auth/reset-password', summary: 'Set a new password with the token of the mail', answers: { 200: Success }, command: useReset, status: 200 }),
  route({ method: 'post', path: '/actions/persons/{person_id}/change-password', summary: 'Set the password of a person', answers: { 200: Success }, command: setPasswordOf, status: 200 }),
  route({ method: 'post', path: '/actions/persons/{person_id}/reset-password-link', summary: 'Make a link to set a new password', answers: { 200: ResetLink }, command: makeResetLink, status: 200 }),
  route({ method: 'get', path: '/actions/persons/{person_id}/invite', summary: 'Invite a person by mail', answers: { 200: Invited }, command: invite, status: 200 }),
  loginLogsRoute,
];
