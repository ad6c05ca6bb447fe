import { startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOBODY, production, type Production } from '../production.given.ts';

let studio: Studio;
let p: Production;
beforeAll(async () => {
  studio = await startStudio();
  p = await production(studio);
}, 60_000);
afterAll(() => studio?.stop());

describe('the schedule', () => {
  it('has an item for each task type once somebody asked', async () => {
    const path = `/data/projects/${p.project}/schedule-items`;
    expect(await p.admin.must('GET', path)).toEqual([]);
    const both = await Promise.all([0, 1].map(() => p.as.client.must('GET', `${path}/task-types`)));
    expect(both.map((items) => items.length)).toEqual([3, 3]);
    expect((await p.admin.must('GET', path)).length).toBe(3);
    expect((await p.admin.must('GET', `${path}/${p.model}/asset-types`)).length).toBe(1);
    expect((await p.admin.must('GET', `${path}/${p.anim}/sequences`))[0].name).toBe('SQ');
    expect(await p.admin.must('GET', `${path}/${p.anim}/episodes`)).toEqual([]);
    expect(await p.admin.must('GET', `${path}/${p.anim}/edits`)).toEqual([]);
    for (const role of ['vendor', 'outsider'] as const) expect((await p.as[role].get(path)).status, role).toBe(403);
    expect((await p.admin.get(`${path}/${NOBODY}/sequences`)).status).toBe(404);
    expect((await p.admin.get(`/data/projects/${NOBODY}/schedule-items`)).status).toBe(404);
  });

  it('is moved by supervisors, and made by hand by admins', async () => {
    const [item] = await p.admin.must('GET', `/data/projects/${p.project}/schedule-items`);
    expect((await p.as.supervisor.put(`/data/schedule-items/${item.id}`, { start_date: '2024-03-01', man_days: 20 })).body.man_days).toBe(20);
    for (const role of ['user', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].put(`/data/schedule-items/${item.id}`, { man_days: 1 })).status, role).toBe(403);
    for (const bad of [{ start_date: 'soon' }, { man_days: 'many' }]) expect((await p.admin.put(`/data/schedule-items/${item.id}`, bad)).status).toBe(400);
    expect((await p.admin.post('/data/schedule-items', { project_id: p.project, task_type_id: p.anim })).status).toBe(400);
    expect((await p.as.manager.post('/data/schedule-items', { project_id: p.project })).status).toBe(403);
  });
});

describe('milestones', () => {
  it('are set by managers and seen by the team', async () => {
    const { id } = await p.as.manager.must('POST', '/data/milestones', { project_id: p.project, task_type_id: p.anim, name: 'Locked', date: '2024-04-01' });
    expect(await p.as.client.must('GET', `/data/projects/${p.project}/milestones`)).toEqual([{ id, date: '2024-04-01', name: 'Locked', project_id: p.project, task_type_id: p.anim }]);
    for (const role of ['supervisor', 'user', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].put(`/data/milestones/${id}`, { name: 'x' })).status, role).toBe(403);
    expect((await p.as.outsider.get(`/data/projects/${p.project}/milestones`)).status).toBe(403);
    expect((await p.admin.post('/data/milestones', { project_id: NOBODY, name: 'x' })).status).toBe(400);
    expect((await p.admin.post('/data/milestones', { project_id: p.project, name: 'x', date: 'soon' })).status).toBe(400);
  });
});

describe('schedule versions', () => {
  it('are filled, copied and applied', async () => {
    await p.admin.must('PUT', `/data/tasks/${p.tasks[0]}`, { start_date: '2024-03-04', due_date: '2024-03-08', estimation: 960, assignees: [p.who.user] });
    const plan = (await p.as.manager.must('POST', '/data/production-schedule-versions', { name: 'Plan A', project_id: p.project })).id;
    const fill = `/actions/production-schedule-versions/${plan}/set-task-links-from-production`;
    for (const role of ['supervisor', 'user', 'client', 'vendor', 'outsider'] as const) {
      expect((await p.as[role].post(fill)).status, role).toBe(403);
      expect((await p.as[role].post('/data/production-schedule-versions', { name: role, project_id: p.project })).status, role).toBe(403);
    }
    expect(await p.as.manager.must('POST', fill)).toEqual({ success: true, task_link_count: 3 });
    expect(await p.as.manager.must('POST', fill)).toEqual({ success: true, task_link_count: 3 });
    const links = await p.as.user.must('GET', `/data/production-schedule-versions/${plan}/task-links?task_type_id=${p.anim}&relations=true`);
    // Tasks that are made at once stand in no promised order.
    links.sort((a: any) => (a.task_id === p.tasks[0] ? -1 : 1));
    expect(links.map((l: any) => l.assignees)).toEqual([[p.who.user], []]);
    expect((await p.as.client.get(`/data/production-schedule-versions/${plan}/task-links`)).status).toBe(403);
    await p.as.manager.must('PUT', `/data/production-schedule-version-task-links/${links[0].id}`, { estimation: 1000 });
    const copy = (await p.as.manager.must('POST', '/data/production-schedule-versions', { name: 'Plan B', project_id: p.project, production_schedule_from: plan })).id;
    const from = `/actions/production-schedule-versions/${copy}/set-task-links-from-production-schedule-version`;
    expect((await p.as.manager.post(from, {})).status).toBe(400);
    expect(await p.as.manager.must('POST', from, { production_schedule_version_id: plan })).toEqual({ success: true, task_link_count: 3 });
    expect(await p.as.manager.must('POST', `/actions/production-schedule-versions/${copy}/apply-to-production`)).toEqual({ success: true, task_count: 3 });
    expect(await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).toMatchObject({ estimation: 1000, assignees: [p.who.user] });
    expect((await p.admin.must('GET', `/data/production-schedule-versions/${copy}`)).locked).toBe(true);
    expect((await p.admin.delete(`/data/production-schedule-versions/${copy}`)).status).toBe(400);
    expect((await p.admin.delete(`/data/production-schedule-versions/${plan}?force=true`)).status, 'another was made from it').toBe(400);
    expect((await p.as.manager.post('/data/production-schedule-versions', { name: 'Plan A', project_id: p.project })).status).toBe(400);
    expect((await p.admin.post(`/actions/production-schedule-versions/${NOBODY}/apply-to-production`)).status).toBe(404);
  });
});

describe('reference data', () => {
  it('is put in order by admins', async () => {
    expect((await p.admin.must('POST', '/actions/task-types/reorder', { task_type_ids: [p.light, p.anim] })).map((t: any) => [t.id, t.priority])).toEqual([[p.light, 1], [p.anim, 2]]);
    expect((await p.as.manager.post('/actions/task-types/reorder', { task_type_ids: [] })).status).toBe(403);
    expect((await p.admin.post('/actions/task-types/reorder', { task_type_ids: [NOBODY] })).status).toBe(400);
    expect((await p.admin.post('/actions/task-types/reorder', { task_type_ids: 'x' })).status).toBe(400);
  });

  it('is not taken away while it is used', async () => {
    expect((await p.admin.delete(`/data/task-types/${p.anim}`)).status).toBe(400);
    expect((await p.admin.delete(`/data/task-status/${p.statuses.todo}`)).status).toBe(400);
    expect((await p.admin.post('/data/task-types', { name: 'animation', for_entity: 'Shot', department_id: null })).status).toBe(201);
    expect((await p.admin.post('/data/task-types', { name: 'Animation', for_entity: 'Shot', department_id: null })).status).toBe(400);
    expect((await p.admin.post('/data/task-types', { name: 'x', department_id: NOBODY })).status).toBe(400);
    for (const role of ['manager', 'user'] as const) for (const what of ['task-types', 'task-status', 'custom-actions', 'status-automations']) expect((await p.as[role].post(`/data/${what}`, { name: 'x' })).status, what).toBe(403);
    for (const what of ['custom-actions', 'status-automations']) expect((await p.as.vendor.get(`/data/${what}`)).status, what).toBe(403);
  });

  it('has one default status of a kind', async () => {
    await p.admin.must('POST', '/data/task-status', { name: 'Fresh', short_name: 'fresh', color: '#000000', is_default: true });
    const status = (name: string, short_name: string) => p.admin.post('/data/task-status', { name, short_name, color: '#000000' });
    expect([(await status('Fresh', 'fresh2')).status, (await status('Fresher', 'fresh')).status], 'statuses share a name, but no short name').toEqual([201, 400]);
    expect((await p.admin.must('GET', '/data/task-status')).filter((s: any) => s.is_default).map((s: any) => s.short_name)).toEqual(['neutral', 'fresh']);
  });
});

describe('tables and what is brought over', () => {
  const csv = (text: string) => { const form = new FormData(); form.set('file', new Blob([text], { type: 'text/csv' }), 'table.csv'); return form; };

  it('are exported by managers', async () => {
    for (const name of ['tasks', 'task-types', 'time-spents']) {
      const reply = await p.as.manager.get(`/export/csv/${name}.csv`);
      expect(reply.headers.get('content-type'), name).toContain('text/csv');
      for (const role of ['supervisor', 'user', 'client', 'vendor'] as const) expect((await p.as[role].get(`/export/csv/${name}.csv`)).status, `${name} ${role}`).toBe(403);
    }
    expect((await p.as.manager.get('/export/csv/tasks.csv')).body).toContain('Given film;Animation;;SQ;Shot;SH010;');
    expect((await p.as.outsider.get('/export/csv/tasks.csv')).body).not.toContain('Given film');
  });

  it('takes estimations whole or not at all', async () => {
    const path = `/import/csv/projects/${p.project}/task-types/${p.anim}/estimations`;
    expect((await p.as.manager.post(path, csv('Parent,Entity,Estimation,Start date\nSQ,SH010,2,2024-03-08\n'))).status).toBe(201);
    expect(await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).toMatchObject({ estimation: 960, due_date: '2024-03-11T00:00:00' });
    for (const bad of ['SQ,SH010,abc,', 'SQ,SH010,1,soon', 'SQ,SH77,1,']) {
      expect((await p.admin.post(path, csv(`Parent,Entity,Estimation,Start date\nSQ,SH010,5,\n${bad}\n`))).body, bad).toMatchObject({ line_number: 3, imported_rows: 0 });
    }
    expect((await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).estimation).toBe(960);
    for (const role of ['user', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].post(path, csv('Parent,Entity\n'))).status, role).toBe(403);
    expect((await p.admin.post(path)).status).toBe(400);
  });

  it('brings things over from another Kitsu for admins', async () => {
    const there = 'bbbbbbbb-1111-4000-8000-00000000000';
    const task = { id: `${there}1`, name: 'far', project_id: p.project, entity_id: p.shots[0], task_type_id: p.light, task_status_id: p.statuses.done, assignees: [p.who.user] };
    expect(await p.as.manager.must('POST', '/import/kitsu/tasks', [task])).toEqual([]);
    for (let n = 0; n < 2; n += 1) expect((await p.admin.must('POST', '/import/kitsu/tasks', [task]))[0].name).toBe('far');
    const dated = { ...task, id: `${there}9`, name: 'far and old', created_at: '2020-01-01T10:00:00' };
    expect((await p.admin.must('POST', '/import/kitsu/tasks', [dated]))[0].created_at).toBe('2020-01-01T10:00:00');
    expect((await p.admin.must('GET', `/data/tasks/${dated.id}`)).created_at).toBe('2020-01-01T10:00:00');
    expect((await p.admin.must('POST', '/import/kitsu/tasks', [{ ...dated, id: `${there}8`, name: 'far and undated', created_at: 'soon' }]))[0].created_at).not.toBe('soon');
    await p.admin.must('POST', '/import/kitsu/comments', [{ id: `${there}2`, object_id: task.id, person_id: p.who.user, task_status_id: p.statuses.wip, text: 'long ago', created_at: '2020-01-01T10:00:00' }]);
    expect((await p.admin.must('GET', `/data/tasks/${task.id}`)).task_status_id).toBe(p.statuses.done);
    await p.admin.must('POST', '/import/kitsu/time-spents', [{ id: `${there}3`, task_id: task.id, person_id: p.who.user, date: '2020-01-02', duration: 60 }]);
    expect((await p.admin.must('GET', `/data/tasks/${task.id}`)).duration).toBe(60);
    for (const [what, bad] of [['tasks', [{}]], ['tasks', {}], ['tasks', [{ ...task, id: `${there}4`, entity_id: NOBODY }]], ['comments', [{ id: NOBODY, object_id: 'x' }]], ['time-spents', [{ id: NOBODY, task_id: task.id }]]] as const) {
      expect((await p.admin.post(`/import/kitsu/${what}`, bad)).status, what).toBe(400);
    }
  });

  it('brings steps and statuses over from Shotgun for admins', async () => {
    expect((await p.admin.must('POST', '/import/shotgun/status', [{ id: 7, code: 'sgx', name: 'Gun', bg_color: '1,2,3' }]))[0]).toMatchObject({ color: '#010203', shotgun_id: 7 });
    expect((await p.admin.must('POST', '/import/shotgun/steps', [{ id: 8, code: 'Gun rig', entity_type: 'Asset' }, {}]))[0].name).toBe('Gun rig');
    expect((await p.as.manager.post('/import/shotgun/status', [])).status).toBe(403);
    expect((await p.admin.must('POST', '/import/shotgun/remove/status', { id: 7 })).success).toBe(true);
    expect(await p.admin.must('POST', '/import/shotgun/remove/task', { id: 99 })).toEqual({ success: true });
    expect((await p.admin.post('/import/shotgun/remove/task', { id: 'x' })).status).toBe(400);
  });
});
