import { SessionEnded } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { isBrowser, withCookies } from './cookies.ts';
import { isLocked } from './lockout.ts';
import { hashPassword, passwordFits } from './password.ts';
import { SessionStarted } from './session.events.ts';
import { noteEnd } from './sign-out.ts';
import { noteSession } from './start-session.ts';

const session = { session_id: 's1', person_id: '5f0f3b9e-0000-4000-8000-000000000001' };
const started = { ...session, origin: 'web' as const, sealed: 'sealed' };
const ended = { ...session, until: '2024-03-20T00:00:00Z' };

describe('a session', () => {
  it('starts', () => given(noteSession).when(started).then(SessionStarted(started)));
  it('starts once', () => given(noteSession, SessionStarted(started)).when(started).thenNothing());
  it('ends', () => given(noteEnd, SessionStarted(started)).when(ended).then(SessionEnded(ended)));
  it('ends also where only a bot knew of it, and once', () => {
    given(noteEnd).when(ended).then(SessionEnded(ended));
    given(noteEnd, SessionEnded(ended)).when(ended).thenNothing();
  });
});

describe('passwords', () => {
  it('are kept as argon2id and told from others', async () => {
    const kept = await hashPassword('annapassword');
    expect(kept).toMatch(/^\$argon2id\$/);
    expect(await passwordFits(kept, 'annapassword')).toBe(true);
    expect(await passwordFits(kept, 'annapassworD')).toBe(false);
  });
  it('fit no account that has none', async () => {
    expect(await passwordFits(null, 'nobody has this password')).toBe(false);
    expect(await passwordFits('not a hash', 'x')).toBe(false);
  });
});

describe('the lock of an account', () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19);
  it('closes after five failures, for a minute', () => {
    expect(isLocked({ failed_attempts: 5, last_failed: ago(10) })).toBe(true);
    expect(isLocked({ failed_attempts: 4, last_failed: ago(10) })).toBe(false);
    expect(isLocked({ failed_attempts: 9, last_failed: ago(70) })).toBe(false);
    expect(isLocked({ failed_attempts: null, last_failed: null })).toBe(false);
  });
});

describe('cookies', () => {
  it('are for browsers', () => {
    const asked = (agent: string) => isBrowser(new Headers({ 'user-agent': agent }));
    expect(asked('Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0')).toBe(true);
    expect(asked('python-requests/2.32')).toBe(false);
    expect(asked('CGWire Gazu 1.0.2')).toBe(false);
  });
  it('are read by no script, sent to no other site, and over TLS alone where the studio has it', () => {
    const { headers } = withCookies({}, { access_token: 'a', refresh_token: null, secure: true });
    expect(headers['set-cookie']!.split('\n')).toEqual([
      'access_token_cookie=a; Path=/; Max-Age=1296000; HttpOnly; SameSite=Lax; Secure', 'refresh_token_cookie=; Path=/api/auth/refresh-token; Max-Age=0; HttpOnly; SameSite=Lax; Secure']);
  });
});
