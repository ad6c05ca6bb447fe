import { startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOBODY, production, type Production } from '../production.given.ts';

let studio: Studio;
let p: Production;
beforeAll(async () => {
  studio = await startStudio();
  p = await production(studio);
  await p.admin.must('PUT', `/actions/tasks/${p.tasks[0]}/assign`, { person_id: p.who.user });
}, 60_000);
afterAll(() => studio?.stop());

const of = (day: string, person = p.who.user, task = p.tasks[0]) => `/actions/tasks/${task}/time-spents/${day}/persons/${person}`;

describe('hours', () => {
  it('are written for assignees, by themselves and who manages, and summed on the task', async () => {
    expect((await p.as.user.post(of('2024-03-04'), { duration: 240 })).status).toBe(201);
    expect((await p.as.manager.post(`${of('2024-03-04')}/add`, { duration: 60 })).body.duration).toBe(300);
    expect((await p.as.user.post(of('2024-03-05'), { duration: 30 })).body.duration).toBe(30);
    expect((await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).duration).toBe(330);
    for (const role of ['supervisor', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].post(of('2024-03-06'), { duration: 1 })).status, role).toBe(403);
    expect((await p.admin.post(of('2024-03-04', p.who.vendor), { duration: 1 })).status).toBe(403);
  });

  it('are refused where they say nothing', async () => {
    for (const duration of [-5, 0, 'abc', null, undefined, 1e12, [], true]) {
      expect((await p.admin.post(of('2024-03-06'), { duration })).status, String(duration)).toBe(400);
      expect((await p.admin.post(`${of('2024-03-06')}/add`, { duration })).status, String(duration)).toBe(400);
    }
    for (const day of ['2024-13-40', 'soon', '2024-02-30']) expect((await p.admin.post(of(day), { duration: 1 })).status, day).toBe(400);
    expect((await p.admin.post(of('2024-03-06', NOBODY), { duration: 1 })).status).toBe(404);
    expect((await p.admin.post(of('2024-03-06', p.who.user, NOBODY), { duration: 1 })).status).toBe(404);
  });

  it('added at once by two are all kept', async () => {
    await Promise.all(Array.from({ length: 8 }, () => p.admin.must('POST', `${of('2024-04-01')}/add`, { duration: 10 })));
    expect((await p.admin.must('GET', `/actions/tasks/${p.tasks[0]}/time-spents/2024-04-01`)).total).toBe(80);
    expect((await p.admin.must('DELETE', of('2024-04-01'))).duration).toBe(0);
    expect((await p.admin.delete(of('2024-04-01'))).status).toBe(404);
    expect((await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).duration).toBe(330);
  });

  it('are found by task, person, entity, production and type', async () => {
    const user = p.who.user;
    expect((await p.admin.must('GET', `/actions/tasks/${p.tasks[0]}/time-spents`))[user].length).toBe(2);
    expect((await p.as.user.must('GET', '/data/user/time-spents?start_date=2024-03-01&end_date=2024-03-31')).length).toBe(2);
    expect((await p.as.user.must('GET', '/data/user/time-spents/2024-03-04'))[0].duration).toBe(300);
    expect((await p.as.user.must('GET', `/data/user/tasks/${p.tasks[0]}/time-spents/2024-03-04`)).duration).toBe(300);
    expect((await p.as.user.must('GET', `/data/user/tasks/${p.tasks[0]}/time-spents/2020-03-04`))).toEqual({});
    expect((await p.admin.must('GET', `/data/entities/${p.shots[0]}/time-spents`)).length).toBe(2);
    expect((await p.as.supervisor.must('GET', `/data/projects/${p.project}/time-spents`)).length).toBe(2);
    expect((await p.as.vendor.must('GET', `/data/projects/${p.project}/time-spents`))).toEqual([]);
    expect(Object.keys(await p.as.manager.must('GET', `/data/projects/${p.project}/task-types/${p.anim}/time-spents`))).toEqual([user]);
    for (const part of ['year/2024', 'month/2024/3', 'week/2024/10', '2024-03-04', 'day/2024/03/04']) expect((await p.as.supervisor.must('GET', `/data/persons/${user}/time-spents/${part}`)).length, part).toBeGreaterThan(0);
    expect((await p.admin.must('GET', `/data/persons/${user}/time-spents?start_date=2024-03-05&end_date=2024-03-05`)).length).toBe(1);
  });

  it('stand in tables', async () => {
    const user = p.who.user;
    expect((await p.admin.must('GET', '/data/persons/time-spents/year-table'))['2024']).toEqual({ [user]: 330 });
    expect((await p.admin.must('GET', '/data/persons/time-spents/month-table/2024'))['3']).toEqual({ [user]: 330 });
    expect((await p.admin.must('GET', '/data/persons/time-spents/week-table/2024'))['10']).toEqual({ [user]: 330 });
    expect((await p.as.user.must('GET', `/data/persons/time-spents/day-table/2024/03?project_id=${p.project}`))).toEqual({ 4: { [user]: 300 }, 5: { [user]: 30 } });
    for (const role of ['client', 'vendor', 'outsider'] as const) expect((await p.as[role].must('GET', '/data/persons/time-spents/year-table')), role).toEqual({});
    for (const bad of ['month-table/abc', 'week-table/0', 'day-table/2024/13', 'day-table/2024/01?project_id=x']) expect((await p.admin.get(`/data/persons/time-spents/${bad}`)).status, bad).toBe(400);
  });

  it('of a supervisor with departments are those on their tasks', async () => {
    const department = (await p.admin.must('POST', '/data/departments', { name: 'Hours dep', color: '#112233' })).id;
    const total = async () => (await p.as.supervisor.must('GET', '/data/persons/time-spents/year-table'))['2024'];
    expect(await total()).toEqual({ [p.who.user]: 330 });
    await p.admin.must('POST', `/actions/persons/${p.who.supervisor}/departments/add`, { department_id: department });
    expect(await total()).toBeUndefined();
    expect(await p.admin.must('GET', `/data/persons/time-spents/year-table?department_id=${department}`)).toEqual({});
    await p.admin.must('PUT', `/data/task-types/${p.anim}`, { department_id: department });
    expect(await total()).toEqual({ [p.who.user]: 330 });
    expect((await p.admin.must('GET', `/data/persons/time-spents/year-table?department_id=${department}`))['2024']).toEqual({ [p.who.user]: 330 });
    await p.admin.must('DELETE', `/actions/persons/${p.who.supervisor}/departments/${department}`);
  });

  it('of others are not for artists, clients and vendors', async () => {
    for (const role of ['client', 'vendor'] as const) expect((await p.as[role].get(`/data/persons/${p.who.user}/time-spents/year/2024`)).status, role).toBe(403);
    expect((await p.as.user.get(`/data/persons/${p.who.manager}/time-spents/year/2024`)).status).toBe(403);
    expect((await p.as.user.get('/data/time-spents')).status).toBe(403);
    expect([(await p.as.manager.get(`/data/persons/${p.who.user}/time-spents/month/all/2024/03`)).status, (await p.as.user.get(`/data/persons/${p.who.user}/time-spents/month/all/2024/03`)).status]).toEqual([403, 200]);
    expect(await p.as.user.must('GET', '/data/user/time-spents')).toEqual([]);
    for (const bad of ['year/abc', 'month/2024/13', 'week/2024/60', 'day/2024/02/30', '2024-13-01']) expect((await p.admin.get(`/data/persons/${p.who.user}/time-spents/${bad}`)).status, bad).toBe(400);
    expect((await p.admin.get('/data/user/time-spents?start_date=x&end_date=y')).status).toBe(400);
  });

  it('are plain things for admins', async () => {
    const body = { task_id: p.tasks[0], person_id: p.who.user, date: '2024-05-06', duration: 30 };
    const { id } = await p.admin.must('POST', '/data/time-spents', body);
    for (const bad of [body, { ...body, date: '2024-05-07', duration: -1 }, { ...body, date: 'x' }, { ...body, task_id: NOBODY }, {}]) expect((await p.admin.post('/data/time-spents', bad)).status, JSON.stringify(bad)).toBe(400);
    expect((await p.admin.must('PUT', `/data/time-spents/${id}`, { duration: 45 })).duration).toBe(45);
    expect((await p.as.manager.put(`/data/time-spents/${id}`, { duration: 45 })).status).toBe(403);
    expect((await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).duration).toBe(375);
    expect((await p.admin.delete(`/data/time-spents/${id}`)).status).toBe(204);
    expect((await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).duration).toBe(330);
  });
});

describe('days off', () => {
  it('are the own business, and the admins', async () => {
    const { id } = await p.as.user.must('POST', '/data/day-offs', { person_id: p.who.user, date: '2024-08-05', end_date: '2024-08-07' });
    expect((await p.as.manager.post('/data/day-offs', { person_id: p.who.user, date: '2024-09-05', end_date: '2024-09-07' })).status).toBe(403);
    for (const bad of [{ date: '2024-08-06', end_date: '2024-08-09' }, { date: '2024-09-05', end_date: '2024-09-01' }, { date: 'x', end_date: 'y' }, {}]) expect((await p.as.user.post('/data/day-offs', { person_id: p.who.user, ...bad })).status, JSON.stringify(bad)).toBe(400);
    for (const part of ['', '/year/2024', '/month/2024/08', '/week/2024/32']) expect((await p.as.user.must('GET', `/data/persons/${p.who.user}/day-offs${part}`)).length, part).toBe(1);
    expect((await p.as.user.must('GET', '/data/user/day-offs/2024-08-06')).id).toBe(id);
    expect((await p.admin.must('GET', `/data/persons/${p.who.user}/day-offs/2024-08-09`))).toEqual({});
    expect((await p.as.manager.get(`/data/persons/${p.who.user}/day-offs`)).status).toBe(403);
    expect((await p.admin.must('GET', '/data/persons/day-offs/2024/08')).length).toBe(1);
    expect((await p.as.manager.must('GET', '/data/persons/day-offs/2024/08'))).toEqual([]);
    expect((await p.as.vendor.must('GET', '/data/persons/day-offs/2024/08'))).toEqual([]);
    expect(Object.keys(await p.as.supervisor.must('GET', `/data/projects/${p.project}/day-offs`))).toEqual([p.who.user]);
    await p.as.user.must('PUT', `/data/day-offs/${id}`, { description: 'a doctor' });
    const why = async (role: 'manager' | 'supervisor' | 'user') => (await p.as[role].must('GET', `/data/projects/${p.project}/day-offs`))[p.who.user][0].description;
    expect([await why('manager'), await why('supervisor'), await why('user')]).toEqual(['a doctor', undefined, 'a doctor']);
    for (const role of ['client', 'vendor', 'outsider'] as const) expect((await p.as[role].get(`/data/projects/${p.project}/day-offs`)).status, role).toBe(403);
    expect((await p.as.user.must('PUT', `/data/day-offs/${id}`, { end_date: '2024-08-06' })).end_date).toBe('2024-08-06');
    expect((await p.as.user.put(`/data/day-offs/${id}`, { end_date: '2024-08-01' })).status).toBe(400);
    expect((await p.as.vendor.get(`/data/day-offs/${id}`)).status).toBe(403);
    expect((await p.as.user.delete(`/data/day-offs/${id}`)).status).toBe(204);
  });

  it('take the hours of these days out, and no others', async () => {
    const hours = (date: string) => `/actions/tasks/${p.tasks[1]}/time-spents/${date}/persons/${p.who.user}`;
    await p.admin.must('PUT', `/actions/tasks/${p.tasks[1]}/assign`, { person_id: p.who.user });
    for (const day of ['02', '03', '04', '05']) await p.admin.must('POST', hours(`2023-05-${day}`), { duration: 60 });
    const left = async () => [(await p.admin.must('GET', `/data/persons/${p.who.user}/time-spents?start_date=2023-05-01&end_date=2023-05-31`)).map((t: any) => t.date), (await p.admin.must('GET', `/data/tasks/${p.tasks[1]}`)).duration];
    const { id } = await p.as.user.must('POST', '/data/day-offs', { person_id: p.who.user, date: '2023-05-02', end_date: '2023-05-03' });
    expect(await left()).toEqual([['2023-05-04', '2023-05-05'], 120]);
    await p.as.user.must('PUT', `/data/day-offs/${id}`, { end_date: '2023-05-04' });
    expect(await left()).toEqual([['2023-05-05'], 60]);
    await p.as.user.must('DELETE', `/data/day-offs/${id}`);
    expect(await left()).toEqual([['2023-05-05'], 60]);
  });
});
