import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADMIN, Client, startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let studio: Studio;
let admin: Client;
beforeAll(async () => {
  studio = await startStudio();
  admin = await studio.signIn();
}, 60_000);
afterAll(() => studio?.stop());

const NOBODY = '11111111-2222-4333-8444-555555555555';
const FIREFOX = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0' };
let count = 0;
const somebody = async (more: Record<string, unknown> = {}) => {
  const email = `person${++count}@session.studio`;
  const person = await admin.must('POST', '/data/persons', { first_name: 'Anna', last_name: 'Session', email, password: 'annapassword', ...more });
  return { ...person, signIn: (password = 'annapassword', extra = {}) => studio.nobody.post('/auth/login', { email, password, ...extra }) };
};
const mails = async () => {
  const folder = join(studio.dataDir, 'mails');
  return Promise.all((await readdir(folder).catch(() => [])).sort().map((name) => readFile(join(folder, name), 'utf8')));
};
const until = async <T>(find: () => Promise<T | undefined>): Promise<T> => {
  for (let i = 0; i < 200; i++) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never came');
};
const linkTo = (email: string) => until(async () => (await mails()).filter((m) => m.includes(`To: ${email}`)).map((m) => /token=(?:3D)?([\w-]+(?:=\r\n[\w-]+)*)/.exec(m)?.[1]?.replaceAll('=\r\n', '')).findLast(Boolean));

describe('sign-in', () => {
  it('refuses unknown and wrong in the same words, and a body without an address', async () => {
    const wrong = await studio.nobody.post('/auth/login', { email: ADMIN.email, password: 'nope' });
    const unknown = await studio.nobody.post('/auth/login', { email: 'nobody@session.studio', password: 'nope' });
    expect(wrong.status).toBe(400);
    expect(unknown.body).toEqual(wrong.body);
    for (const body of [{}, { email: 5, password: 'x' }, { email: '', password: 'x' }, [], { email: 'a@b', password: 7 }]) expect((await studio.nobody.post('/auth/login', body)).status).toBe(400);
  });

  it('tells no secret of the person', async () => {
    const { body } = await (await somebody()).signIn();
    expect(JSON.stringify(body)).not.toMatch(/argon2|password_hash|totp_secret/);
    expect(body.organisation).not.toHaveProperty('chat_token_slack');
  });

  it('gives browsers cookies that sign requests, renew and end', async () => {
    const { email } = await somebody();
    const got = await studio.nobody.post('/auth/login', { email, password: 'annapassword' }, FIREFOX);
    const cookies = got.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    const cookie = cookies.map((c) => c.split(';')[0]).join('; ');
    expect((await studio.nobody.get('/auth/authenticated', { ...FIREFOX, cookie })).body.user.email).toBe(email);
    const renewed = await studio.nobody.get('/auth/refresh-token', { ...FIREFOX, cookie });
    expect(renewed.headers.getSetCookie().join()).toContain('access_token_cookie=');
    const out = await studio.nobody.get('/auth/logout', { ...FIREFOX, cookie });
    expect(out.headers.getSetCookie().filter((c) => c.includes('Max-Age=0')).length).toBeGreaterThanOrEqual(2);
    expect((await studio.nobody.get('/auth/authenticated', { cookie })).status).toBe(401);
  });

  it('gives scripts no cookie', async () => expect((await (await somebody()).signIn()).headers.getSetCookie()).toEqual([]));

  it('locks an account for a minute after five failures, for the right password too', async () => {
    const { signIn } = await somebody();
    for (let i = 0; i < 5; i++) expect((await signIn('wrong')).body).toMatchObject({ login: false });
    const locked = await signIn();
    expect(locked.status).toBe(400);
    expect(locked.body.too_many_failed_login_attemps).toBe(true);
  });

  it('keeps deactivated accounts out, with the tokens they have', async () => {
    const { id, signIn } = await somebody();
    const mine = new Client(studio.base, (await signIn()).body.access_token);
    await admin.must('PUT', `/data/persons/${id}`, { active: false });
    expect((await mine.get('/auth/authenticated')).status).toBe(401);
    expect((await signIn()).body).toMatchObject({ login: false, unactive: true });
    expect((await signIn('wrong')).status).toBe(400);
  });

  it('is written down for admins alone, with where it came from', async () => {
    const { id, signIn } = await somebody();
    const mine = new Client(studio.base, (await signIn()).body.access_token);
    const [last] = (await admin.get('/data/events/login-logs/last?limit=1')).body;
    expect(last).toMatchObject({ person_id: id, origin: 'script' });
    expect(last.ip_address).toMatch(/127\.0\.0\.1|::1/);
    expect((await mine.get('/data/events/login-logs/last')).status).toBe(403);
    for (const bad of ['limit=x', 'limit=-1', 'before=xx', 'before=2024-99-99', 'after=xx', 'person_ids=x', 'person_ids=', 'cursor_login_log_id=x', `cursor_login_log_id=${NOBODY}`]) expect((await admin.get(`/data/events/login-logs/last?${bad}`)).status).toBe(400);
    for (const none of ['before=2000-01-01', 'after=2999-01-01', `person_ids=${NOBODY}`]) expect((await admin.get(`/data/events/login-logs/last?${none}`)).body, none).toEqual([]);
    const all = (await admin.get('/data/events/login-logs/last?after=2000-01-01T00:00:00')).body;
    expect((await admin.get(`/data/events/login-logs/last?cursor_login_log_id=${all[0].id}&limit=1`)).body).toEqual([all[1]]);
    const { person_id } = all.find((log: any) => log.person_id !== all[0].person_id);
    const of = (ids: string[]) => all.filter((log: any) => ids.includes(log.person_id));
    for (const ids of [[person_id], [person_id, all[0].person_id]]) expect((await admin.get(`/data/events/login-logs/last?${ids.map((id) => `person_ids=${id}`).join('&')}`)).body).toEqual(of(ids));
  });
});

describe('tokens', () => {
  it('are told apart: a refresh token opens nothing, an access token renews nothing', async () => {
    const { body } = await (await somebody()).signIn();
    expect((await new Client(studio.base, body.refresh_token).get('/data/persons')).status).toBe(422);
    expect((await new Client(studio.base, body.access_token).get('/auth/refresh-token')).status).toBe(422);
    expect((await studio.nobody.get('/auth/refresh-token')).status).toBe(401);
    const renewed = await new Client(studio.base, body.refresh_token).get('/auth/refresh-token');
    expect((await new Client(studio.base, renewed.body.access_token).get('/auth/authenticated')).status).toBe(200);
  });

  it('of a session end together at sign-out', async () => {
    const { body } = await (await somebody()).signIn();
    const other = new Client(studio.base, (await new Client(studio.base, body.refresh_token).get('/auth/refresh-token')).body.access_token);
    expect((await new Client(studio.base, body.access_token).get('/auth/logout')).body).toEqual({ logout: true });
    expect((await other.get('/auth/authenticated')).status).toBe(401);
    expect((await new Client(studio.base, body.refresh_token).get('/auth/refresh-token')).status).toBe(401);
    expect((await studio.nobody.get('/auth/logout')).status).toBe(401);
  });
});

describe('passwords', () => {
  it('are changed by their owner with the old one', async () => {
    const { signIn } = await somebody();
    const mine = new Client(studio.base, (await signIn()).body.access_token);
    const change = (old_password: string, password: string, password_2 = password) => mine.post('/auth/change-password', { old_password, password, password_2 });
    for (const bad of [change('wrong', 'annapassword2'), change('annapassword', 'annapassword2', 'annapassword3'), change('annapassword', 'abc'), change('annapassword', ''), mine.post('/auth/change-password', {})]) {
      expect((await bad).status).toBe(400);
    }
    expect((await change('annapassword', 'annapassword2')).body).toEqual({ success: true });
    expect([(await signIn()).status, (await signIn('annapassword2')).status]).toEqual([400, 200]);
  });

  it('are set by admins, for whom there is one', async () => {
    const { id, signIn } = await somebody({ role: 'manager' });
    const bot = await admin.must('POST', '/data/persons', { first_name: 'Ro', last_name: 'Bot', is_bot: true });
    const body = { password: 'fromadmin1', password_2: 'fromadmin1' };
    const mine = new Client(studio.base, (await signIn()).body.access_token);
    expect((await mine.post(`/actions/persons/${id}/change-password`, body)).status).toBe(403);
    expect((await admin.post(`/actions/persons/${bot.id}/change-password`, body)).status).toBe(403);
    expect((await admin.post('/actions/persons/11111111-2222-4333-8444-555555555555/change-password', body)).status).toBe(404);
    expect((await admin.post(`/actions/persons/${id}/change-password`, { ...body, password_2: 'other' })).status).toBe(400);
    expect((await admin.post(`/actions/persons/${id}/change-password`, body)).status).toBe(200);
    expect((await signIn('fromadmin1')).status).toBe(200);
  });

  it('are reset once by the link of a mail, which nobody hears of who asks for an unknown address', async () => {
    const { email, signIn } = await somebody({ first_name: '<b>Anna' });
    const known = await studio.nobody.post('/auth/reset-password', { email });
    const unknown = await studio.nobody.post('/auth/reset-password', { email: 'nobody@session.studio' });
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    const token = await linkTo(email);
    const mail = (await mails()).find((m) => m.includes(`To: ${email}`))!;
    expect(mail).toContain('&lt;b&gt;Anna');
    const reset = (t: string, password = 'newpassword', password2 = password) => studio.nobody.put('/auth/reset-password', { email, token: t, password, password2 });
    expect((await reset('wrong')).status).toBe(400);
    expect((await reset(token, 'abc')).status).toBe(400);
    expect((await reset(token, 'newpassword', 'other')).status).toBe(400);
    expect((await reset(token)).body).toEqual({ success: true });
    expect((await reset(token)).status).toBe(400);
    expect((await signIn('newpassword')).status).toBe(200);
    expect((await studio.nobody.post('/auth/reset-password', {})).status).toBe(400);
  });

  it('are set by who is invited', async () => {
    const { id, email } = await somebody({ password: undefined });
    const manager = new Client(studio.base, (await (await somebody({ role: 'manager' })).signIn()).body.access_token);
    expect((await manager.get(`/actions/persons/${id}/invite`)).status).toBe(403);
    expect((await admin.get('/actions/persons/not-an-id/invite')).status).toBe(404);
    expect((await admin.get(`/actions/persons/${id}/invite`)).body.success).toBe(true);
    const token = await linkTo(email);
    expect((await studio.nobody.put('/auth/reset-password', { email, token, password: 'invited00', password2: 'invited00' })).status).toBe(200);
    expect((await manager.post(`/actions/persons/${id}/reset-password-link`)).status).toBe(403);
    expect((await admin.post(`/actions/persons/${id}/reset-password-link`)).body.reset_password_link).toContain('token=');
  });
});
