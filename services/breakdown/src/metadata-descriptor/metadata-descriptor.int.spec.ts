import { newId } from '@shotlog/kernel';
import { department } from '@shotlog/auth/department/department';
import { TaskCreated } from '@shotlog/tasks/task/task.events';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakdown } from '../index.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
const [anim, layout] = [newId(), newId()];
let alone: Alone;
let admin: AloneClient, manager: AloneClient, client: AloneClient, artist: AloneClient, film: string, other: string, fields: string;
const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status;
const names = async (as: AloneClient, path = fields) => (await as.get(path)).body.map((d: any) => d.name);

beforeAll(async () => {
  alone = await Alone.start(breakdown);
  await alone.facts(`task_type-${anim}`, taskType.events.created({ task_type_id: anim, name: 'Animation' }));
  await alone.facts(`department-${layout}`, department.events.created({ department_id: layout, name: 'Layout', color: '#000000' }));
  admin = await alone.person('admin');
  [film, other] = [(await admin.must('POST', '/data/projects', { name: 'Film' })).id, (await admin.must('POST', '/data/projects', { name: 'Other' })).id];
  fields = `/data/projects/${film}/metadata-descriptors`;
  [manager, client, artist] = [await alone.person('manager', [film]), await alone.person('client', [film]), await alone.person('user', [film])];
});
afterAll(() => alone?.stop());

describe('fields of a production', () => {
  it('are made, found, ordered and taken away', async () => {
    const lens = await manager.must('POST', fields, { entity_type: 'Shot', name: 'Lens', data_type: 'list', choices: ['35', '50'], departments: [layout, NOBODY] });
    expect(lens).toMatchObject({ field_name: 'lens', choices: ['35', '50'], departments: [layout], for_client: false, position: null, type: 'MetadataDescriptor' });
    const fog = await manager.must('POST', fields, { entity_type: 'Shot', name: 'Fog' });
    const ordered = await manager.must('POST', `${fields}/reorder`, { entity_type: 'Shot', descriptor_ids: [lens.id, fog.id] });
    expect(ordered.map((d: any) => [d.name, d.position])).toEqual([['Lens', 1], ['Fog', 2]]);
    expect(await names(artist)).toEqual(['Fog', 'Lens']);
    expect((await artist.get(`${fields}/${lens.id}`)).body).toMatchObject({ name: 'Lens' });
    for (const id of [lens.id, fog.id]) expect(await statusOf(manager.delete(`${fields}/${id}`))).toBe(204);
    expect(await statusOf(artist.get(`${fields}/${lens.id}`))).toBe(404);
  });
  it('carry the values of entities with their key, and away with them', async () => {
    const sequence = await admin.must('POST', `/data/projects/${film}/sequences`, { name: 'SQ' });
    const shot = await admin.must('POST', `/data/projects/${film}/shots`, { name: 'SH', sequence_id: sequence.id, data: { sun_up: 'yes', rain: 1 } });
    const { id } = await manager.must('POST', fields, { entity_type: 'Shot', name: 'Sun up' });
    const data = async () => (await admin.get(`/data/shots/${shot.id}`)).body.data;
    await manager.must('PUT', `${fields}/${id}`, { name: 'Sun down' });
    expect(await data()).toEqual({ sun_down: 'yes', rain: 1 });
    await manager.must('DELETE', `${fields}/${id}`);
    expect(await data()).toEqual({ rain: 1 });
  });
  it('do the same for a production itself', async () => {
    await admin.must('PUT', `/data/projects/${other}`, { data: { season: 1, other: 2 } });
    const { id } = await admin.must('POST', `/data/projects/${other}/metadata-descriptors`, { entity_type: 'Project', name: 'Season' });
    await admin.must('DELETE', `/data/projects/${other}/metadata-descriptors/${id}`);
    expect((await admin.get(`/data/projects/${other}`)).body.data).toEqual({ other: 2 });
  });
  it('do the same for tasks', async () => {
    const [shot, task_id] = [await admin.must('POST', `/data/projects/${film}/shots`, { name: 'With a task' }), '99999999-0000-4000-8000-000000000001'];
    await alone.facts(`task-${task_id}`, TaskCreated({ task_id, project_id: film, entity_id: shot.id, task_type_id: anim, task_status_id: NOBODY, assignees: [], data: { depth: 3, other: 1 } }));
    const { id } = await admin.must('POST', fields, { entity_type: 'Task', name: 'Depth', task_type_id: anim });
    const data = async () => (await admin.must('GET', `/data/shots/with-tasks?project_id=${film}`)).find((s: any) => s.id === shot.id).tasks[0].data;
    await manager.must('PUT', `${fields}/${id}`, { name: 'How deep' });
    expect(await data()).toEqual({ other: 1, how_deep: 3 });
    await manager.must('DELETE', `${fields}/${id}`);
    expect(await data()).toEqual({ other: 1 });
  });
  it('of tasks belong to a task type, others to none', async () => {
    expect(await statusOf(admin.post(fields, { entity_type: 'Task', name: 'Level' }))).toBe(400);
    expect(await statusOf(admin.post(fields, { entity_type: 'Shot', name: 'Level', task_type_id: anim }))).toBe(400);
    expect(await admin.must('POST', fields, { entity_type: 'Task', name: 'Level', task_type_id: anim })).toMatchObject({ task_type_id: anim });
  });
  it.each([[{}], [{ name: '' }], [{ name: '!!' }], [{ name: 'x'.repeat(121) }], [{ name: 'A', entity_type: 'Planet' }], [{ name: 'A', data_type: 'weight' }], [{ name: 'A', choices: 'x' }], [{ name: 'A', for_client: 'x' }],
    [{ name: 'A', departments: ['x'] }]])('refuse %j', async (body) => expect(await statusOf(admin.post(fields, body))).toBe(400));
  it('have names of their own, however they are written', async () => {
    await admin.must('POST', fields, { entity_type: 'Edit', name: 'Cut by' });
    for (const name of ['Cut by', 'cut-by', 'CUT BY']) expect(await statusOf(admin.post(fields, { entity_type: 'Edit', name }))).toBe(400);
    expect(await statusOf(admin.post(fields, { entity_type: 'Sequence', name: 'Cut by' }))).toBe(201);
    const { id } = await admin.must('POST', fields, { entity_type: 'Edit', name: 'Another' });
    expect(await statusOf(admin.put(`${fields}/${id}`, { name: 'Cut by' }))).toBe(400);
  });
  it('are not there under another production, or under no id', async () => {
    const { id } = await admin.must('POST', fields, { entity_type: 'Episode', name: 'Here' });
    const there = `/data/projects/${other}/metadata-descriptors`;
    for (const path of [`${there}/${id}`, `${fields}/${NOBODY}`, `${fields}/x`]) for (const send of [admin.get, admin.put, admin.delete]) expect(await statusOf(send(path))).toBe(404);
    for (const body of [{}, { entity_type: 'Episode', descriptor_ids: [] }, { entity_type: 'Shot', descriptor_ids: [id] }]) expect(await statusOf(admin.post(`${fields}/reorder`, body))).toBe(400);
  });
  it('are for clients only where they say so', async () => {
    const shown = await admin.must('POST', fields, { entity_type: 'Asset', name: 'For you', for_client: true });
    const hidden = await admin.must('POST', fields, { entity_type: 'Asset', name: 'Not for you' });
    expect(await names(client)).toEqual(['For you']);
    expect(await names(client, '/data/metadata-descriptors')).toEqual(['For you']);
    expect((await client.get('/data/projects/open')).body[0].descriptors.map((d: any) => d.name)).toEqual(['For you']);
    expect(await statusOf(client.get(`${fields}/${shown.id}`))).toBe(200);
    expect(await statusOf(client.get(`${fields}/${hidden.id}`))).toBe(403);
  });
  it('are changed by whoever manages the production', async () => {
    const { id } = await admin.must('POST', fields, { entity_type: 'Asset', name: 'Guarded' });
    for (const someone of [artist, client, await alone.person('manager')]) {
      expect(await statusOf(someone.post(fields, { name: 'Mine' }))).toBe(403);
      expect(await statusOf(someone.put(`${fields}/${id}`, { name: 'Mine' }))).toBe(403);
      expect(await statusOf(someone.delete(`${fields}/${id}`))).toBe(403);
    }
  });
});

describe('fields on the generic route', () => {
  const plain = '/data/metadata-descriptors';
  it('belong to admins, key and all', async () => {
    const made = await admin.must('POST', plain, { project_id: film, entity_type: 'Shot', name: 'Sun', field_name: 'crud_sun', data_type: 'string' });
    expect(made).toMatchObject({ field_name: 'crud_sun', choices: null });
    expect((await admin.put(`${plain}/${made.id}`, { choices: ['up'] })).body).toMatchObject({ choices: ['up'], field_name: 'crud_sun' });
    expect((await admin.get(`${plain}?project_id=${film}&name=sun`)).body).toHaveLength(1);
    expect(await statusOf(manager.put(`${plain}/${made.id}`, { choices: [] }))).toBe(403);
    expect(await statusOf(artist.get(`${plain}/${made.id}`))).toBe(403);
    expect(await statusOf(admin.delete(`${plain}/${made.id}`))).toBe(204);
  });
  it('refuse what is missing or malformed', async () => {
    for (const body of [{ project_id: film, entity_type: 'Shot', name: 'g' }, { project_id: NOBODY, entity_type: 'Shot', name: 'g', field_name: 'g' }, { project_id: film, name: 'g', field_name: 'g', data_type: 'x' }]) expect(await statusOf(admin.post(plain, body))).toBe(400);
    expect(await statusOf(admin.get(`${plain}/x`))).toBe(400);
    expect(await statusOf(admin.put(`${plain}/${NOBODY}`, {}))).toBe(404);
    expect(await statusOf(manager.post(plain, { project_id: film, entity_type: 'Shot', name: 'g', field_name: 'g' }))).toBe(403);
  });
});

describe('fields of all productions that one manages', () => {
  const every = '/data/metadata-descriptors/all-projects';
  it('are made where they are missing, changed, ordered and taken away together', async () => {
    const [one, two] = [await admin.must('POST', '/data/projects', { name: 'One' }), await admin.must('POST', '/data/projects', { name: 'Two' })];
    const max = await alone.person('manager', [one.id, two.id]);
    await max.must('POST', `/data/projects/${one.id}/metadata-descriptors`, { name: 'Rig level' });
    expect((await max.must('POST', every, { name: 'Rig level' })).map((d: any) => d.project_id)).toEqual([two.id]);
    await max.must('POST', every, { name: 'Notes' });
    expect((await max.must('PUT', `${every}/rig_level`, { entity_type: 'Asset', name: 'Rig grade' })).map((d: any) => d.field_name)).toEqual(['rig_grade', 'rig_grade']);
    await max.must('POST', '/actions/metadata-descriptors/all-projects/reorder', { entity_type: 'Asset', field_order: ['notes', 'gone', 'rig_grade'] });
    expect((await max.get(`/data/projects/${two.id}/metadata-descriptors`)).body.map((d: any) => [d.name, d.position])).toEqual([['Notes', 1], ['Rig grade', 3]]);
    expect(await max.must('DELETE', `${every}/notes?entity_type=Asset`)).toHaveLength(2);
    expect(await max.must('DELETE', `${every}/notes?entity_type=Asset`)).toEqual([]);
    expect(await names(max, `/data/projects/${one.id}/metadata-descriptors`)).toEqual(['Rig grade']);
  });
  it('are for managers, and for kinds of things that there are', async () => {
    expect(await statusOf(artist.post(every, { name: 'Mine' }))).toBe(403);
    expect(await statusOf(artist.delete(`${every}/notes?entity_type=Asset`))).toBe(403);
    expect(await statusOf(manager.post(every, {}))).toBe(400);
    expect(await statusOf(manager.post(every, { name: 'x', entity_type: 'Planet' }))).toBe(400);
    expect(await statusOf(manager.put(`${every}/notes`, { name: 'x' }))).toBe(400);
    expect(await statusOf(manager.delete(`${every}/notes`))).toBe(400);
  });
});
