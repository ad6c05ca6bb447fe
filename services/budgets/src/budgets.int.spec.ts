import { department } from '@shotlog/auth/department/department';
import { entityEvents } from '@shotlog/breakdown/entity/entity.events';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { newId } from '@shotlog/kernel';
import { TaskCreated, TaskUpdated } from '@shotlog/tasks/task/task.events';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { timeSpent } from '@shotlog/tasks/time-spent/time-spent';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { rebuilt } from '@shotlog/test/rebuilt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgets } from './index.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
const [p, dep, anim, sequence] = [newId(), newId(), newId(), newId()];
let alone: Alone;
let admin: AloneClient, manager: AloneClient, supervisor: AloneClient, artist: AloneClient, client: AloneClient, stranger: AloneClient;
const money = `/data/projects/${p}/budgets`;

const project = (project_id: string) => projectEvents.created({ project_id, name: project_id, fps: '25' } as never);
const task = async (name: string, assignees: string[], changes: object, nb_frames = 50): Promise<string> => {
  const [entity_id, task_id] = [newId(), newId()];
  await alone.facts(`shot-${entity_id}`, entityEvents.shot.created({ entity_id, project_id: p, name, entity_type_id: newId(), parent_id: sequence, nb_frames }));
  await alone.facts(`task-${task_id}`, TaskCreated({ task_id, project_id: p, entity_id, task_type_id: anim, task_status_id: newId(), assignees, nb_drawings: 0 }), TaskUpdated({ task_id, project_id: p, changes }));
  return task_id;
};
const hours = (task_id: string, person_id: string, date: string, duration: number) => {
  const time_spent_id = newId();
  return alone.facts(`time_spent-${time_spent_id}`, timeSpent.events.created({ time_spent_id, task_id, person_id, date, duration, project_id: p }));
};

beforeAll(async () => {
  alone = await Alone.start(budgets);
  await alone.facts(`project-${p}`, project(p));
  await alone.facts(`department-${dep}`, department.events.created({ department_id: dep, name: 'Anim', color: '#000000' }));
  await alone.facts(`task_type-${anim}`, taskType.events.created({ task_type_id: anim, name: 'Anim', department_id: dep }));
  await alone.facts(`sequence-${sequence}`, entityEvents.sequence.created({ entity_id: sequence, project_id: p, name: 'SQ', entity_type_id: newId() }));
  [admin, manager, supervisor, artist, client, stranger] = [await alone.person('admin'), await alone.person('manager', [p]), await alone.person('supervisor', [p]), await alone.person('user', [p]), await alone.person('client', [p]),
    await alone.person('manager')];
});
afterAll(() => alone?.stop());

describe('budgets of a production', () => {
  it('count their revisions and keep what is sent', async () => {
    const first = await manager.must('POST', money, { name: 'Draft', currency: 'EUR', revision: 9 });
    expect(first).toMatchObject({ name: 'Draft', currency: 'EUR', revision: 1, project_id: p, type: 'Budget' });
    expect(await manager.must('POST', money, { name: 'Final' })).toMatchObject({ revision: 2, currency: 'USD' });
    expect(await manager.must('PUT', `${money}/${first.id}`, { name: 'Draft two' })).toMatchObject({ name: 'Draft two', currency: 'EUR', revision: 1 });
    expect(await manager.must('GET', `${money}/${first.id}`)).toMatchObject({ name: 'Draft two' });
    expect((await manager.get(money)).body.map((b: any) => b.name)).toEqual(['Draft two', 'Final']);
  });

  it('take different numbers when they are made at once', async () => {
    const other = newId();
    await alone.facts(`project-${other}`, project(other));
    const path = `/data/projects/${other}/budgets`;
    const numbers = async (n: number) => (await Promise.all(Array.from({ length: n }, (_, i) => admin.must('POST', path, { name: `B${i}` })))).map((b: any) => b.revision).sort((a, b) => a - b);
    expect(await numbers(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const last = (await admin.get(path)).body.find((b: any) => b.revision === 8);
    expect((await admin.delete(`${path}/${last.id}`)).status).toBe(204);
    expect(await numbers(2)).toEqual([8, 9]);
  });

  it('hold entries, which go with them', async () => {
    const { id } = await manager.must('POST', money, { name: 'Team' });
    const body = { department_id: dep, person_id: artist.id, start_date: '2024-01-01', months_duration: 6, daily_salary: 150 };
    const entry = await manager.must('POST', `${money}/${id}/entries`, body);
    expect(entry).toMatchObject({ ...body, position: 'artist', seniority: 'mid', exceptions: {}, budget_id: id, type: 'BudgetEntry' });
    expect(await manager.must('PUT', `${money}/${id}/entries/${entry.id}`, { ...body, daily_salary: 160, exceptions: { '2024-03': 1000 } })).toMatchObject({ daily_salary: 160, exceptions: { '2024-03': 1000 } });
    expect((await manager.get(`${money}/${id}/entries`)).body).toHaveLength(1);
    expect((await manager.get(`${money}/${id}/entries/${entry.id}`)).body).toMatchObject({ daily_salary: 160 });
    expect((await manager.delete(`${money}/${id}/entries/${entry.id}`)).status).toBe(204);
    expect((await manager.get(`${money}/${id}/entries/${entry.id}`)).status).toBe(404);
    const other = await manager.must('POST', `${money}/${id}/entries`, body);
    expect((await manager.delete(`${money}/${id}`)).status).toBe(204);
    expect((await admin.get(`/data/budget-entries/${other.id}`)).status).toBe(404);
  });

  it('are for whoever manages the production alone', async () => {
    const { id } = await manager.must('POST', money, { name: 'Secret' });
    for (const who of [supervisor, artist, client, stranger]) {
      expect([await who.get(money), await who.get(`${money}/${id}`), await who.get(`${money}/${id}/entries`), await who.post(money, { name: 'x' }), await who.put(`${money}/${id}`, { name: 'x' }), await who.delete(`${money}/${id}`),
        await who.post(`${money}/${id}/entries`, { department_id: dep, start_date: '2024-01-01', months_duration: 1, daily_salary: 1 }), await who.get('/data/budgets'), await who.get(`/data/budgets/${id}`), await who.get('/data/budget-entries'),
        await who.get('/data/salary-scales')].map((r) => r.status)).toEqual(Array(11).fill(403));
    }
    expect((await alone.client().get(money)).status).toBe(401);
  });

  it('refuse what makes no sense', async () => {
    const { id } = await manager.must('POST', money, { name: 'Sense' });
    const good = { department_id: dep, start_date: '2024-01-01', months_duration: 1, daily_salary: 1 };
    const bad = [{}, { ...good, department_id: NOBODY }, { ...good, department_id: 'x' }, { ...good, start_date: 'soon' }, { ...good, months_duration: -1 }, { ...good, daily_salary: 'much' }, { ...good, position: 'chef' },
      { ...good, person_id: NOBODY }, { ...good, exceptions: { '2024-01': 'x' } }, { ...good, exceptions: [] }];
    for (const body of bad) expect([body, (await manager.post(`${money}/${id}/entries`, body)).status]).toEqual([body, 400]);
    for (const body of [{}, { name: '' }, { name: 5 }, { name: 'x', currency: 'EUROS' }, []]) expect([body, (await manager.post(money, body)).status]).toEqual([body, 400]);
    expect([await manager.get(`${money}/oops`), await admin.get('/data/projects/oops/budgets')].map((r) => r.status)).toEqual([400, 400]);
    expect([await manager.get(`${money}/${NOBODY}`), await admin.get(`/data/projects/${NOBODY}/budgets`), await manager.put(`${money}/${NOBODY}`, { name: 'x' }), await manager.delete(`${money}/${id}/entries/${NOBODY}`)].map((r) => r.status)).toEqual([404, 404, 404, 404]);
  });

  it('are not reached through another production', async () => {
    const other = newId();
    await alone.facts(`project-${other}`, project(other));
    const { id } = await manager.must('POST', money, { name: 'Here' });
    const through = `/data/projects/${other}/budgets/${id}`;
    expect([await admin.get(through), await admin.put(through, { name: 'x' }), await admin.delete(through), await admin.get(`${through}/entries`)].map((r) => r.status)).toEqual([404, 404, 404, 404]);
  });

  it('go with their production', async () => {
    const gone = newId();
    await alone.facts(`project-${gone}`, project(gone));
    const { id } = await admin.must('POST', `/data/projects/${gone}/budgets`, { name: 'Gone' });
    await alone.facts(`project-${gone}`, projectEvents.deleted({ project_id: gone } as never));
    expect((await admin.get(`/data/budgets/${id}`)).status).toBe(404);
  });
});

describe('salary scales', () => {
  it('exist for each position and seniority of a department, are set and taken away, never created', async () => {
    const scales = (await admin.get(`/data/salary-scales?department_id=${dep}`)).body;
    expect(scales.map((s: any) => `${s.position} ${s.seniority} ${s.salary}`)).toHaveLength(9);
    const lead = scales.find((s: any) => s.position === 'lead' && s.seniority === 'senior');
    expect(await admin.must('PUT', `/data/salary-scales/${lead.id}`, { salary: 321 })).toMatchObject({ salary: 321, position: 'lead', type: 'SalaryScale' });
    expect((await admin.get(`/data/salary-scales/${lead.id}`)).body.salary).toBe(321);
    expect((await admin.post('/data/salary-scales', { department_id: dep })).status).toBe(400);
    expect((await admin.put(`/data/salary-scales/${lead.id}`, { salary: 'x' })).status).toBe(400);
    expect((await admin.put('/data/salary-scales/oops', { salary: 1 })).status).toBe(400);
    expect((await manager.put(`/data/salary-scales/${lead.id}`, { salary: 1 })).status).toBe(403);
    expect((await admin.delete(`/data/salary-scales/${lead.id}`)).status).toBe(204);
    expect((await admin.get(`/data/salary-scales/${lead.id}`)).status).toBe(404);
  });
});

describe('quotas', () => {
  let ned: AloneClient;
  beforeAll(async () => {
    ned = await alone.person('user', [p]);
    const spent = await task('S1', [ned.id!], { end_date: '2024-03-12T18:00:00', done_date: '2024-03-12T18:00:00' });
    await hours(spent, ned.id!, '2024-03-11', 240);
    await hours(spent, ned.id!, '2024-03-12', 240);
    // From Thursday to Monday without a word about hours: three business days.
    await task('S2', [ned.id!], { real_start_date: '2024-03-14T08:00:00', end_date: '2024-03-18T18:00:00' });
  });

  it('spread shots by hours, or over business days where there are none', async () => {
    const { body } = await artist.get(`/data/projects/${p}/quotas/${anim}`);
    expect(body[ned.id!].day.frames).toEqual({ '2024-03-11': 25, '2024-03-12': 25, '2024-03-14': 17, '2024-03-15': 17, '2024-03-18': 17 });
    expect((await artist.get(`/data/projects/${p}/quotas/${anim}?count_mode=weighteddone`)).body[ned.id!].day.frames).toEqual({ '2024-03-11': 25, '2024-03-12': 25 });
  });
  it('count shots whole on the day they were sent to review or done', async () => {
    expect((await artist.get(`/data/projects/${p}/quotas/${anim}?count_mode=feedback`)).body.total.day.frames).toEqual({ '2024-03-12': 50, '2024-03-18': 50 });
    expect((await ned.get(`/data/projects/${p}/quotas/persons/${ned.id}?count_mode=done`)).body[anim].day.frames).toEqual({ '2024-03-12': 50 });
  });
  it('tell the shots behind them', async () => {
    const of = (period: string, mode: string) => ned.get(`/data/persons/${ned.id}/quota-shots/${period}?project_id=${p}&task_type_id=${anim}&count_mode=${mode}`);
    expect((await of('month/2024/03', 'weighteddone')).body).toMatchObject([{ full_name: 'SQ / S1', weight: 1, type: 'Entity', name: 'S1' }]);
    expect((await of('day/2024/03/12', 'weighted')).body).toMatchObject([{ full_name: 'SQ / S1', weight: 0.5 }]);
    expect((await of('week/2024/12', 'feedback')).body).toMatchObject([{ full_name: 'SQ / S2', weight: 1 }]);
    expect(await Promise.all(['month/2024/13', 'day/2024/2/31', 'week/2024/60', 'day/x/1/1', 'month/2024/3'].map(async (period) => (await of(period, period === 'month/2024/3' ? 'nothing' : 'done')).status))).toEqual([400, 400, 400, 400, 400]);
  });
  it('are for the team; a single person\'s for that person and who supervises', async () => {
    expect((await stranger.get(`/data/projects/${p}/quotas/${anim}`)).status).toBe(403);
    expect([(await artist.get(`/data/projects/${p}/quotas/persons/${ned.id}`)).status, (await supervisor.get(`/data/projects/${p}/quotas/persons/${ned.id}`)).status]).toEqual([403, 200]);
    expect([(await artist.get(`/data/persons/${ned.id}/quota-shots/month/2024/3`)).status, (await supervisor.get(`/data/persons/${ned.id}/quota-shots/month/2024/3`)).status]).toEqual([403, 403]);
    expect((await stranger.get(`/data/persons/${ned.id}/quota-shots/month/2024/3?task_type_id=${anim}&count_mode=done`)).body).toEqual([]);
    expect((await artist.get(`/data/projects/${p}/quotas/${anim}?count_mode=nothing`)).status).toBe(400);
    expect((await artist.get(`/data/projects/${NOBODY}/quotas/${anim}`)).status).toBe(404);
  });
  it('stand beside the hours by department, person and month', async () => {
    expect((await admin.get(`${money}/time-spents`)).body).toEqual({ [dep]: { total: 480, [ned.id!]: { total: 480, '2024-03': 480 } } });
    expect((await manager.get(`${money}/time-spents`)).status).toBe(403);
  });
});

describe('the generic routes', () => {
  it('are for admins, and hide what they are announced as', async () => {
    const made = await admin.must('POST', '/data/budgets', { name: 'Generic', project_id: p, announced_as: 'create' });
    expect(made).toMatchObject({ revision: 1, currency: null });
    expect(made).not.toHaveProperty('announced_as');
    expect((await manager.post('/data/budgets', { name: 'x', project_id: p })).status).toBe(403);
    expect((await admin.post('/data/budgets', { name: 'x', project_id: NOBODY })).status).toBe(400);
    expect((await admin.get('/data/budgets?announced_as=create')).status).toBe(400);
    const entry = await admin.must('POST', '/data/budget-entries', { budget_id: made.id, department_id: dep, start_date: '2024-01-01', months_duration: 3, daily_salary: 10 });
    expect(await admin.must('PUT', `/data/budget-entries/${entry.id}`, { daily_salary: 12 })).toMatchObject({ daily_salary: 12, exceptions: null });
    expect((await admin.post('/data/budget-entries', { budget_id: NOBODY, department_id: dep, start_date: '2024-01-01', months_duration: 3, daily_salary: 10 })).status).toBe(400);
    expect((await admin.delete(`/data/budget-entries/${entry.id}`)).status).toBe(204);
  });
});

it('holds the same rows when they are made anew of the log', async () => {
  const { id } = await manager.must('POST', money, { name: 'Kept' });
  await manager.must('POST', `${money}/${id}/entries`, { department_id: dep, person_id: artist.id, start_date: '2024-01-01', months_duration: 6, daily_salary: 150 });
  const { live, anew } = await rebuilt(budgets, alone.lab.config);
  expect(anew).toEqual(live);
  expect(['budget', 'budget_entry', 'salary_scale', 'task', 'time_spent'].filter((table) => live[table]!.length === 0)).toEqual([]);
});
