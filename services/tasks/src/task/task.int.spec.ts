import { startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOBODY, production, ROLES, type Production } from '../production.given.ts';

let studio: Studio;
let p: Production;
beforeAll(async () => {
  studio = await startStudio();
  p = await production(studio);
}, 60_000);
afterAll(() => studio?.stop());

const create = (kind: string, type = p.light) => `/actions/projects/${p.project}/task-types/${type}/${kind}`;

describe('creating tasks', () => {
  it('makes one for each entity, asked twice still once', async () => {
    const both = await Promise.all([0, 1].map(() => p.as.manager.post(create('shots/create-tasks'), p.shots)));
    expect(both.map((r) => r.status)).toEqual([201, 201]);
    expect(both.flatMap((r) => r.body).length).toBe(2);
    expect((await p.admin.must('GET', `/data/tasks?task_type_id=${p.light}`)).length).toBe(2);
    expect((await p.admin.must('POST', create('shots/create-tasks'), [])).length).toBe(0);
  });

  it('makes them for hundreds of shots without a wait', async () => {
    const project = (await p.admin.must('POST', '/data/projects', { name: 'Big film' })).id;
    const sequence_id = (await p.admin.must('POST', `/data/projects/${project}/sequences`, { name: 'SQ' })).id;
    for (let n = 0; n < 100; n += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => p.admin.must('POST', `/data/projects/${project}/shots`, { name: `SH${n + i}`, sequence_id })));
    }
    expect((await p.admin.must('POST', `/actions/projects/${project}/task-types/${p.anim}/shots/create-tasks`, [])).length).toBe(100);
    expect((await p.admin.must('GET', `/data/projects/${project}/tasks?page=2&limit=30`)).data.length).toBe(30);
  });

  it('is for managers of the production', async () => {
    for (const role of [...ROLES.slice(1), 'outsider'] as const) {
      expect((await p.as[role].post(create('shots/create-tasks'), p.shots)).status, role).toBe(403);
    }
    for (const role of ['client', 'vendor', 'outsider'] as const) expect((await p.as[role].post(`/data/entities/${p.shots[0]}/tasks`, {})).status, role).toBe(403);
    expect((await studio.nobody.post(create('shots/create-tasks'), p.shots)).status).toBe(401);
  });

  it('refuses what is no list of entities', async () => {
    for (const [path, body, status] of [[create('shots/create-tasks'), { ids: 1 }, 400], [create('shots/create-tasks'), ['nope'], 400], [create('shots/create-tasks'), [p.asset], 404], [create('shots/create-tasks', NOBODY), [], 404],
      [create('create-tasks/clip'), [], 404], [`/actions/projects/${NOBODY}/task-types/${p.anim}/shots/create-tasks`, [], 404]] as const) expect((await p.admin.post(path, body)).status, `${path} ${JSON.stringify(body)}`).toBe(status);
  });

  it('takes one with all its fields, once by name', async () => {
    const body = { project_id: p.project, entity_id: p.shots[0], task_type_id: p.anim, name: 'second', assignees: [p.who.user] };
    expect((await p.admin.must('POST', '/data/tasks', body)).assignees).toEqual([p.who.user]);
    for (const bad of [body, {}, { ...body, name: 'x', entity_id: NOBODY }, { ...body, name: 'x', task_type_id: NOBODY }, { ...body, name: 'x', task_type_id: p.model }, { ...body, name: 'x', estimation: 'much' }, { ...body, name: 'x', difficulty: 9 }, { ...body, name: 'x', assignees: [NOBODY] }]) {
      expect((await p.admin.post('/data/tasks', bad)).status, JSON.stringify(bad).slice(0, 120)).toBe(400);
    }
    for (const role of ['client', 'vendor', 'outsider'] as const) expect((await p.as[role].post('/data/tasks', body)).status, role).toBe(403);
  });

  it('makes what an entity lacks', async () => {
    expect((await p.admin.must('POST', `/data/entities/${p.asset}/tasks`, { task_type_ids: [p.model] }))).toEqual([]);
    expect((await p.admin.post(`/data/entities/${p.asset}/tasks`, { task_type_ids: [NOBODY] })).status).toBe(404);
    const rigging = (await p.admin.must('GET', '/data/task-types?name=Rigging'))[0].id;
    for (const type of [p.anim, rigging]) expect(await p.admin.post(`/data/entities/${p.asset}/tasks`, { task_type_ids: [p.model, type] })).toMatchObject({ status: 400, body: { error: true, message: expect.stringContaining(type) } });
    expect((await p.admin.must('GET', `/data/assets/${p.asset}/tasks`)).map((t: any) => t.task_type_id)).toEqual([p.model]);
  });
});

describe('giving work out', () => {
  it('lets who manages and supervises assign, and nobody else', async () => {
    const path = `/actions/tasks/${p.tasks[0]}/assign`;
    for (const role of ['user', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].put(path, { person_id: p.who.user })).status, role).toBe(403);
    for (const role of ['manager', 'supervisor'] as const) expect((await p.as[role].put(path, { person_id: p.who.user })).body.assignees, role).toEqual([p.who.user]);
    expect((await p.admin.put(path, {})).status).toBe(400);
    expect((await p.admin.put(path, { person_id: NOBODY })).status).toBe(400);
    expect((await p.admin.put(`/actions/tasks/${NOBODY}/assign`, { person_id: p.who.user })).status).toBe(404);
  });

  it('leaves out what the caller may not give out', async () => {
    expect((await p.as.vendor.put(`/actions/persons/${p.who.user}/assign`, { task_ids: [p.tasks[1]] })).body).toEqual([]);
    expect((await p.as.client.put('/actions/tasks/clear-assignation', { task_ids: [p.tasks[0]] })).body).toEqual([]);
    expect((await p.as.user.put('/actions/tasks/set-priority', { task_ids: [p.tasks[0]], priority: 3 })).body).toEqual([]);
    expect((await p.admin.must('PUT', `/actions/persons/${p.who.vendor}/assign`, { task_ids: [p.tasks[0], NOBODY] })).map((t: any) => t.id)).toEqual([p.tasks[0]]);
    expect((await p.admin.must('PUT', '/actions/tasks/clear-assignation', { task_ids: [p.tasks[0]], person_id: p.who.vendor }))).toEqual([p.tasks[0]]);
    expect((await p.admin.must('GET', `/data/tasks/${p.tasks[0]}`)).assignees).toEqual([p.who.user]);
  });

  it('puts who is assigned on the team', async () => {
    const { id } = await p.admin.must('POST', '/data/persons', { first_name: 'New', last_name: 'Face', email: 'new@given.studio', password: 'newpassword', role: 'user' });
    await p.admin.must('PUT', `/actions/tasks/${p.tasks[1]}/assign`, { person_id: id });
    const face = await studio.signIn('new@given.studio', 'newpassword');
    await expect.poll(async () => (await face.get(`/data/projects/${p.project}/tasks`)).status, { timeout: 10_000 }).toBe(200);
  });

  it('refuses lists that name nothing', async () => {
    for (const [path, body] of [['/actions/tasks/clear-assignation', { task_ids: [] }], ['/actions/tasks/clear-assignation', {}], ['/actions/tasks/set-priority', { task_ids: [p.tasks[0]], priority: -1 }],
      ['/actions/tasks/set-priority', { task_ids: [p.tasks[0]], priority: 'high' }], [`/actions/persons/${p.who.user}/assign`, { task_ids: ['x'] }], [`/actions/persons/${NOBODY}/assign`, { task_ids: [p.tasks[0]] }]] as const) {
      expect((await p.admin.put(path, body)).status, path + JSON.stringify(body)).toBe(400);
    }
  });
});

describe('planning tasks', () => {
  it('lets a supervisor plan and a manager change everything but the production', async () => {
    const path = `/data/tasks/${p.tasks[0]}`;
    expect((await p.as.supervisor.put(path, { estimation: 480, start_date: '2024-03-04', due_date: '2024-03-08' })).body).toMatchObject({ estimation: 480, start_date: '2024-03-04T00:00:00' });
    expect((await p.as.supervisor.put(path, { description: 'mine' })).status).toBe(403);
    expect((await p.as.manager.put(path, { description: 'ours', project_id: NOBODY })).body).toMatchObject({ description: 'ours', project_id: p.project });
    for (const role of ['user', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].put(path, { estimation: 'x' })).status, role).toBe(403);
  });

  it('refuses values that are none', async () => {
    for (const bad of [{ estimation: 'abc' }, { difficulty: 9 }, { priority: 'high' }, { name: 'x'.repeat(100) }, { start_date: 'soon' }, { assignees: ['nope'] }, { data: 'text' }, { task_type_id: NOBODY }, { task_status_id: NOBODY }, { entity_id: NOBODY }, { name: 'nul\0' }]) {
      expect((await p.admin.put(`/data/tasks/${p.tasks[0]}`, bad)).status, JSON.stringify(bad).slice(0, 60)).toBe(400);
    }
    expect((await p.admin.put('/data/tasks/x', {})).status).toBe(400);
    expect((await p.admin.put(`/data/tasks/${NOBODY}`, {})).status).toBe(404);
  });

  it('sends to review', async () => {
    const answer = await p.admin.must('PUT', `/actions/tasks/${p.assetTask}/to-review`, { person_id: p.who.user, comment: 'look' });
    expect(answer).toMatchObject({ comment: 'look', entity: { name: 'Cup' }, project: { name: 'Given film' } });
    expect((await p.admin.put(`/actions/tasks/${p.assetTask}/to-review`, { person_id: NOBODY })).status).toBe(400);
    expect((await p.admin.put(`/actions/tasks/${p.assetTask}/to-review`, { revision: 'x' })).status).toBe(400);
    expect((await p.as.outsider.put(`/actions/tasks/${p.assetTask}/to-review`, {})).status).toBe(403);
  });
});

describe('seeing tasks', () => {
  it('shows vendors what they are assigned to, and the team everything', async () => {
    await p.admin.must('PUT', `/actions/tasks/${p.tasks[1]}/assign`, { person_id: p.who.vendor });
    for (const path of ['/data/tasks', `/data/tasks?project_id=${p.project}`, `/data/projects/${p.project}/tasks`]) {
      expect((await p.as.vendor.must('GET', path)).map((t: any) => t.id), path).toEqual([p.tasks[1]]);
      expect((await p.as.client.must('GET', path)).length, path).toBeGreaterThan(2);
    }
    expect((await p.as.vendor.get(`/data/tasks/${p.tasks[0]}`)).status).toBe(403);
    expect((await p.as.vendor.get(`/data/shots/${p.shots[0]}/tasks`)).status).toBe(403);
    expect((await p.as.vendor.get(`/data/shots/${p.shots[1]}/tasks`)).body.length).toBe(1);
    expect((await p.as.outsider.get(`/data/tasks?project_id=${p.project}`)).body).toEqual([]);
    const [{ parent_id }] = await p.admin.must('GET', `/data/shots?id=${p.shots[0]}`);
    const board = (await p.admin.must('POST', '/data/task-types', { name: 'Board', for_entity: 'Sequence', color: '#112233' })).id;
    await p.admin.must('POST', '/data/tasks', { project_id: p.project, entity_id: parent_id, task_type_id: board });
    const types = await p.admin.must('GET', `/data/sequences/${parent_id}/task-types`);
    expect([types.length > 0, types.every((t: any) => t.for_entity === 'Shot')], 'the types of its shots').toEqual([true, true]);
    for (const path of [`/data/projects/${p.project}/tasks`, `/data/tasks/${p.tasks[0]}`, `/data/tasks/${p.tasks[0]}/full`, `/data/shots/${p.shots[0]}/task-types`]) expect((await p.as.outsider.get(path)).status, path).toBe(403);
    expect((await p.admin.get('/data/tasks/x')).status).toBe(400);
    expect((await p.admin.get(`/data/shots/${p.asset}/tasks`)).status).toBe(404);
  });

  it('narrows a list to an episode', async () => {
    const made = async (name: string) => {
      const episode_id = (await p.admin.must('POST', `/data/projects/${p.project}/episodes`, { name })).id;
      const sequence_id = (await p.admin.must('POST', `/data/projects/${p.project}/sequences`, { name: 'SQ', episode_id })).id;
      const entity_id = (await p.admin.must('POST', `/data/projects/${p.project}/shots`, { name: 'SH', sequence_id })).id;
      return { episode_id, task: (await p.admin.must('POST', '/data/tasks', { project_id: p.project, entity_id, task_type_id: p.anim })).id };
    };
    for (const { episode_id, task } of [await made('E01'), await made('E02')]) {
      for (const path of ['/data/tasks?', `/data/tasks?project_id=${p.project}&task_type_id=${p.anim}&`, `/data/projects/${p.project}/tasks?`]) {
        expect((await p.admin.must('GET', `${path}episode_id=${episode_id}`)).map((t: any) => t.id), path).toEqual([task]);
        expect((await p.as.vendor.must('GET', `${path}episode_id=${episode_id}`)), path).toEqual([]);
        expect((await p.admin.get(`${path}episode_id=x`)).status, path).toBe(400);
      }
    }
  });

  it('gives nobody the kept answer of another', async () => {
    const path = `/data/tasks?project_id=${p.project}&name=main`;
    expect((await p.as.outsider.get(path)).body).toEqual([]);
    expect((await p.as.manager.get(path)).body.length).toBeGreaterThan(2);
    expect((await p.as.outsider.get(path)).body).toEqual([]);
  });

  it('lists to-dos, what is to be checked and what is open', async () => {
    expect((await p.as.user.must('GET', '/data/user/tasks')).map((t: any) => t.entity_name)).toContain('SH010');
    expect((await p.as.manager.must('GET', `/data/persons/${p.who.user}/tasks`)).length).toBeGreaterThan(0);
    expect((await p.as.vendor.get(`/data/persons/${p.who.user}/tasks`)).status).toBe(403);
    const episode = (await p.admin.must('POST', `/data/projects/${p.project}/episodes`, { name: 'E01' })).id;
    await p.admin.must('PUT', `/data/projects/${p.project}/entities/${episode}/casting`, [{ asset_id: p.asset, nb_occurences: 1 }]);
    await p.admin.must('PUT', `/actions/tasks/${p.assetTask}/assign`, { person_id: p.who.user });
    expect((await p.as.user.must('GET', '/data/user/tasks')).find((t: any) => t.id === p.assetTask)).toMatchObject({ episode_ids: [episode], episode_names: ['E01'] });
    const open = await p.admin.must('GET', `/data/tasks/open-tasks?project_id=${p.project}&limit=2`);
    expect(open).toMatchObject({ limit: 2, page: 1, is_more: true });
    expect(open.data.length).toBe(2);
    expect((await p.admin.must('GET', '/data/tasks/open-tasks/stats'))[p.project].amount).toBeGreaterThan(3);
    for (const bad of ['page=x', 'limit=-1', 'project_id=x', 'start_date=soon', 'priority=high']) expect((await p.admin.get(`/data/tasks/open-tasks?${bad}`)).status, bad).toBe(400);
    expect((await p.as.user.get('/data/persons/task-dates')).status).toBe(403);
    expect((await p.as.supervisor.must('GET', `/data/persons/task-dates?project_id=${p.project}`)).length).toBeGreaterThan(0);
  });
});

describe('deleting tasks', () => {
  it('is for managers, and by force where something hangs on it', async () => {
    const [task] = await p.admin.must('POST', `/data/entities/${p.shots[1]}/tasks`, { task_type_ids: [p.light] }).then(async () => p.admin.must('GET', `/data/tasks?entity_id=${p.shots[1]}&task_type_id=${p.light}`));
    await p.admin.must('POST', `/actions/tasks/${task.id}/comment`, { task_status_id: p.statuses.wip, comment: 'kept' });
    for (const role of ['supervisor', 'user', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].delete(`/data/tasks/${task.id}?force=true`)).status, role).toBe(403);
    expect((await p.as.manager.delete(`/data/tasks/${task.id}`)).status).toBe(400);
    expect((await p.as.manager.delete(`/data/tasks/${task.id}?force=true`)).status).toBe(204);
    expect((await p.admin.get(`/data/tasks/${task.id}`)).status).toBe(404);
    expect((await p.admin.get(`/data/tasks/${task.id}/comments`)).status).toBe(404);
  });

  it('deletes many of one production only', async () => {
    expect((await p.as.outsider.post(`/actions/projects/${p.project}/delete-tasks`, p.tasks)).status).toBe(403);
    expect((await p.admin.post(`/actions/projects/${p.project}/delete-tasks`, ['x'])).status).toBe(400);
    expect((await p.admin.must('POST', `/actions/projects/${p.project}/delete-tasks`, [p.tasks[1]]))).toEqual([p.tasks[1]]);
    expect((await p.admin.delete(`/actions/projects/${p.project}/task-types/${p.light}/delete-tasks`)).status).toBe(204);
    expect((await p.admin.must('GET', `/data/projects/${p.project}/tasks?task_type_id=${p.light}`))).toEqual([]);
  });

  it('goes with the entity', async () => {
    await p.admin.must('DELETE', `/data/shots/${p.shots[0]}?force=true`);
    await expect.poll(async () => (await p.admin.get(`/data/tasks/${p.tasks[0]}`)).status, { timeout: 10_000 }).toBe(404);
  });
});
