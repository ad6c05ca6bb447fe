import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let studio: Studio;
let admin: Client;
const as: Record<string, Client> = {};
const ids: Record<string, string> = {};
const NOBODY = '11111111-2222-4333-8444-555555555555';
const ROLES = ['manager', 'supervisor', 'user', 'client', 'vendor'];

beforeAll(async () => {
  studio = await startStudio();
  admin = await studio.signIn();
  for (const role of ROLES) {
    ids[role] = (await admin.must('POST', '/data/persons', { first_name: role, last_name: 'Test', email: `${role}@studio.test`, password: `${role}password`, role })).id;
    as[role] = await studio.signIn(`${role}@studio.test`, `${role}password`);
  }
}, 60_000);
afterAll(() => studio?.stop());

/** What each kind of thing needs to be made, how it changes, and whether everybody reads it. */
const KINDS: [string, Record<string, unknown>, Record<string, unknown>, boolean][] = [
  ['departments', { name: 'Light', color: '#ffee00' }, { name: 'Lighting' }, true],
  ['studios', { name: 'North', color: '#112233' }, { archived: true }, true],
  ['hardware-items', { name: 'Tower', short_name: 'tw' }, { monthly_cost: 12 }, false],
  ['plugins', { plugin_id: 'crud', name: 'Crud', version: '0.1', maintainer_name: 'Ann', license: 'MIT' }, { version: '0.2' }, false],
  ['organisations', { name: 'Other', hours_by_day: 7 }, { hours_by_day: 7.5 }, true],
];

describe.each(KINDS)('%s', (path, values, change, everybody) => {
  it('are made, changed and deleted by admins alone', async () => {
    for (const role of ROLES) expect((await as[role]!.post(`/data/${path}`, values)).status, role).toBe(403);
    const made = await admin.post(`/data/${path}`, values);
    expect([made.status, made.body]).toMatchObject([201, values]);
    const one = `/data/${path}/${made.body.id}`;
    for (const role of ROLES) {
      expect((await as[role]!.put(one, change)).status, role).toBe(403);
      expect((await as[role]!.delete(one)).status, role).toBe(403);
      expect((await as[role]!.get(one)).status, role).toBe(everybody ? 200 : 403);
      expect((await as[role]!.get(`/data/${path}`)).status, role).toBe(everybody ? 200 : 403);
    }
    expect((await admin.put(one, change)).body).toMatchObject(change);
    expect((await admin.get(one)).body).toMatchObject({ ...values, ...change });
    expect((await admin.delete(one)).status).toBe(204);
    expect((await admin.get(one)).status).toBe(404);
  });

  it('are refused where something is wrong', async () => {
    expect((await admin.post(`/data/${path}`, {})).status).toBe(400);
    expect((await admin.put(`/data/${path}/${NOBODY}`, change)).status).toBe(404);
    expect((await admin.get(`/data/${path}/no-id`)).status).toBe(400);
    expect((await studio.nobody.get(`/data/${path}`)).status).toBe(401);
    if (path === 'organisations') return;
    const { id } = await admin.must('POST', `/data/${path}`, values);
    expect((await admin.post(`/data/${path}`, values)).status).toBe(400);
    await admin.must('DELETE', `/data/${path}/${id}`);
  });
});

describe('the organisation', () => {
  it('shows the secrets of its chats to admins alone, and keeps them out of the log', async () => {
    const [house] = (await admin.get('/data/organisations')).body;
    const one = `/data/organisations/${house.id}`;
    expect((await admin.put(one, { chat_token_slack: 'xoxb-verysecret', name: 'House' })).body).toMatchObject({ chat_token_slack: 'xoxb-verysecret', chat_token_discord: '', name: 'House' });
    for (const role of ROLES) for (const path of [one, '/data/organisations', '/auth/authenticated']) expect(JSON.stringify((await as[role]!.get(path)).body)).not.toMatch(/chat_token|verysecret/);
    expect((await admin.get(one)).body.chat_token_slack).toBe('xoxb-verysecret');
    expect((await admin.put(one, { hours_by_day: 'many' })).status).toBe(400);
    const folder = join(studio.dataDir, 'log');
    const log = await Promise.all(['events.sqlite', 'events.sqlite-wal'].map((name) => readFile(join(folder, name)).catch(() => Buffer.alloc(0))));
    expect(Buffer.concat(log).includes('House')).toBe(true);
    expect(Buffer.concat(log).includes('verysecret')).toBe(false);
  });
});

describe('texts that are needed', () => {
  it('may be empty, as gazu sends a colour that nobody chose; a name may not', async () => {
    const { id } = await admin.must('POST', '/data/departments', { name: 'Colourless', color: '' });
    expect((await admin.must('GET', `/data/departments/${id}`)).color).toBe('');
    expect((await admin.must('PUT', `/data/departments/${id}`, { color: '#ff0000' })).color).toBe('#ff0000');
    for (const bad of [{ name: '', color: '#00ff00' }, { name: 'No colour' }, { name: 'No colour', color: null }]) expect((await admin.post('/data/departments', bad)).status, JSON.stringify(bad)).toBe(400);
    for (const bad of [{ name: '' }, { color: null }]) expect((await admin.put(`/data/departments/${id}`, bad)).status, JSON.stringify(bad)).toBe(400);
  });
});

describe('hardware of departments', () => {
  it('is noted once, shown by department and taken away', async () => {
    const department = (await admin.must('POST', '/data/departments', { name: 'Rigging', color: '#00ff00' })).id;
    const item = (await admin.must('POST', '/data/hardware-items', { name: 'Wide tower', short_name: 'wt' })).id;
    const path = `/data/departments/${department}/hardware-items`;
    for (const role of ROLES) {
      expect((await as[role]!.post(path, { hardware_item_id: item })).status, role).toBe(403);
      expect((await as[role]!.get('/data/departments/hardware-items')).status, role).toBe(403);
    }
    const link = (await admin.post(path, { hardware_item_id: item })).body;
    expect(link).toMatchObject({ department_id: department, hardware_item_id: item, type: 'HardwareItemDepartmentLink' });
    expect((await admin.post(path, { hardware_item_id: item })).body.id).toBe(link.id);
    expect((await admin.get('/data/departments/hardware-items')).body[department]).toMatchObject([{ id: item, name: 'Wide tower', type: 'HardwareItem' }]);
    expect((await admin.get(`${path}/${item}`)).body).toMatchObject([{ id: item }]);
    for (const [body, status] of [[{}, 400], [{ hardware_item_id: 'x' }, 400], [{ hardware_item_id: NOBODY }, 404]] as const) expect((await admin.post(path, body)).status).toBe(status);
    expect((await admin.post(`/data/departments/${NOBODY}/hardware-items`, { hardware_item_id: item })).status).toBe(404);
    expect((await admin.delete(`/data/hardware-items/${item}`)).status).toBe(400);
    expect((await admin.delete(`/data/departments/${department}`)).status).toBe(400);
    expect((await admin.delete(`${path}/${item}`)).status).toBe(204);
    expect((await admin.delete(`${path}/${item}`)).status).toBe(204);
    expect((await admin.get(`${path}/${item}`)).status).toBe(404);
    expect((await admin.delete(`/data/departments/${department}`)).status).toBe(204);
  });
});

describe('a department with task types', () => {
  it('stays', async () => {
    const { id } = await admin.must('POST', '/data/departments', { name: 'Crowds', color: '#00ff00' });
    await admin.must('POST', '/data/task-types', { name: 'Crowd', for_entity: 'Shot', color: '#445566', department_id: id });
    expect((await admin.delete(`/data/departments/${id}?force=true`)).status).toBe(400);
  });
});

describe('logins at workstations', () => {
  it('are noted by oneself and admins, and read by managers too', async () => {
    expect((await as.user!.post('/data/user/desktop-login-logs', { date: '2024-02-05' })).body).toMatchObject({ person_id: ids.user, date: '2024-02-05T00:00:00', type: 'DesktopLoginLog' });
    expect((await admin.get(`/data/persons/${ids.user}`)).body.last_presence).toBe('2024-02-05');
    expect((await as.user!.post('/data/user/desktop-login-logs', {})).status).toBe(201);
    const path = `/data/persons/${ids.user}/desktop-login-logs`;
    for (const [role, read, note] of [['manager', 200, 403], ['supervisor', 403, 403], ['user', 200, 201], ['client', 403, 403], ['vendor', 403, 403]] as const) {
      expect((await as[role]!.get(path)).status, role).toBe(read);
      expect((await as[role]!.post(path, { date: '2024-02-06' })).status, role).toBe(note);
    }
    expect((await admin.post(path, { date: '2024-02-07T10:20:30' })).body.date).toBe('2024-02-07T10:20:30');
    for (const date of ['x', 5, '2024-02-31']) expect((await admin.post(path, { date })).status).toBe(400);
    expect((await admin.post(`/data/persons/${NOBODY}/desktop-login-logs`, { date: '2024-02-06' })).status).toBe(404);
    expect((await admin.get(`/data/persons/${NOBODY}/desktop-login-logs`)).status).toBe(404);
    expect((await as.user!.get('/data/user/desktop-login-logs')).body).toHaveLength(4);
  });

  it('make the list of who was there in a month', async () => {
    const { body, headers } = await admin.get('/data/persons/presence-logs/2024-02');
    expect(headers.get('content-type')).toContain('text/csv');
    expect(body).toContain('user Test;;;;;X;X;X;;');
    for (const bad of ['2024-13', 'x', '2024', '2024-00']) expect((await admin.get(`/data/persons/presence-logs/${bad}`)).status).toBe(400);
    for (const role of ROLES) expect((await as[role]!.get('/data/persons/presence-logs/2024-02')).status, role).toBe(403);
  });
});

describe('the context of a client', () => {
  it('tells admins how many persons there may be, and others public fields', async () => {
    const mine = (await admin.get('/data/user/context')).body;
    expect(mine.user_limit).toBe(100);
    expect(mine.persons.find((p: any) => p.id === ids.user).email).toBe('user@studio.test');
    const theirs = (await as.client!.get('/data/user/context')).body;
    expect(theirs).not.toHaveProperty('user_limit');
    expect(theirs.persons.find((p: any) => p.id === ids.user)).not.toHaveProperty('email');
    expect(theirs.departments.map((d: any) => d.name)).toContain('Animation');
  });
});
