import { route, Success, type Request, type Route } from '@shotlog/kernel';
import * as c from './commands.ts';
import { FactorSetUp, KeyChallenge, NewKeyChallenge, RecoveryCodes, TotpSecret } from '../session/session.answers.ts';

const email = (r: Request) => ({ email: r.search.get('email') ?? undefined });

export const twoFactorRoutes: Route[] = [
  route({ method: 'put', path: '/auth/totp', summary: 'Ask for the secret of an authenticator', answers: { 200: TotpSecret }, command: c.askTotp, status: 200 }),
  route({ method: 'post', path: '/auth/totp', summary: 'Set up the authenticator with a code of it', answers: { 200: FactorSetUp }, command: c.confirmTotp, status: 200 }),
  route({ method: 'delete', path: '/auth/totp', summary: 'Take the authenticator away', answers: { 200: Success }, command: c.removeTotp, status: 200 }),
  route({ method: 'get', path: '/auth/email-otp', summary: 'Mail a sign-in code', answers: { 200: Success }, command: c.mailCode, status: 200, input: email, query: { email: 'whose code' } }),
  route({ method: 'put', path: '/auth/email-otp', summary: 'Ask for codes by mail', answers: { 200: Success }, command: c.askEmailOtp, status: 200 }),
  route({ method: 'post', path: '/auth/email-otp', summary: 'Set up codes by mail with the one that was mailed', answers: { 200: FactorSetUp }, command: c.confirmEmailOtp, status: 200 }),
  route({ method: 'delete', path: '/auth/email-otp', summary: 'Take codes by mail away', answers: { 200: Success }, command: c.removeEmailOtp, status: 200 }),
  route({ method: 'get', path: '/auth/fido', summary: 'The challenge for a security key at sign-in', answers: { 200: KeyChallenge }, command: c.challengeKey, status: 200, input: email, query: { email: 'whose keys' } }),
  route({ method: 'put', path: '/auth/fido', summary: 'Ask for the challenge of a new security key', answers: { 200: NewKeyChallenge }, command: c.askKey, status: 200 }),
  route({ method: 'post', path: '/auth/fido', summary: 'Set up a security key', answers: { 200: FactorSetUp }, command: c.confirmKey, status: 200 }),
  route({ method: 'delete', path: '/auth/fido', summary: 'Take a security key away', answers: { 200: Success }, command: c.removeKey, status: 200 }),
  route({ method: 'put', path: '/auth/recovery-codes', summary: 'Make new recovery codes', answers: { 200: RecoveryCodes }, command: c.renewCodes, status: 200 }),
  route({ method: 'delete', path: '/actions/persons/{person_id}/disable-two-factor-authentication', summary: 'Take every second factor off an account', answers: { 200: Success }, command: c.disableTwoFactor, status: 200 }),
];
