import { newId } from '@shotlog/kernel';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakdown } from '../index.ts';
import { defaultProjectStatusId } from '../project-status/project-status.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
let alone: Alone;
let admin: AloneClient, film: string, show: any;
const staff: Record<string, AloneClient> = {};
const closed = { project_status_id: defaultProjectStatusId('Closed') };
const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status;

beforeAll(async () => {
  alone = await Alone.start(breakdown);
  admin = await alone.person('admin');
  film = (await admin.must('POST', '/data/projects', { name: 'Film', data: { a: 1 } })).id;
  show = await admin.must('POST', '/data/projects', { name: 'Show', production_type: 'tvshow', fps: '24', start_date: '2024-01-08' });
  for (const role of ['manager', 'supervisor', 'user', 'client', 'vendor'] as const) staff[role] = await alone.person(role, [film]);
});
afterAll(() => alone?.stop());

describe('productions', () => {
  it('start open, with the usual settings', async () => {
    expect((await admin.get(`/data/projects/${film}`)).body).toMatchObject({ name: 'Film', fps: '25', ratio: '16:9', resolution: '1920x1080', production_type: 'short', project_status_name: 'Open', task_types: [], type: 'Project' });
  });
  it('start with an episode when they are series', async () => {
    expect(show.first_episode_id).toMatch(/-/);
    expect((await admin.get(`/data/projects/${show.id}/episodes`)).body).toMatchObject([{ id: show.first_episode_id, name: 'E01' }]);
  });
  it('get an episode when they become series', async () => {
    const { id } = await admin.must('POST', '/data/projects', { name: 'Grows' });
    expect((await admin.put(`/data/projects/${id}`, { production_type: 'tvshow' })).body.first_episode_id).toMatch(/-/);
  });
  it('have names of their own, which come free again', async () => {
    expect(await statusOf(admin.post('/data/projects', { name: 'Film' }))).toBe(400);
    const { id } = await admin.must('POST', '/data/projects', { name: 'Passing' });
    await admin.must('PUT', `/data/projects/${id}`, { name: 'Passed', ...closed });
    expect(await statusOf(admin.post('/data/projects', { name: 'Passing' }))).toBe(201);
    expect(await statusOf(admin.put(`/data/projects/${id}`, { name: 'Film' }))).toBe(400);
  });
  it.each([[{}], [{ name: '' }], [{ name: 'x'.repeat(81) }], [{ name: 'A', start_date: '2024-02-30' }], [{ name: 'B', man_days: 'many' }], [{ name: 'C', project_status_id: NOBODY }], [{ name: 'D', team: 'all' }],
    [{ name: 'E', task_types: ['x'] }], [[]]])('refuse to be made of %j', async (body) => expect(await statusOf(admin.post('/data/projects', body))).toBe(400));
  it('are not made of a template that is not there', async () => expect(await statusOf(admin.post('/data/projects', { name: 'F', project_template_id: NOBODY }))).toBe(404));
  it('take a team and what they use at once; what is not there is passed over', async () => {
    const type = await admin.must('POST', '/data/entity-types', { name: 'Ours' });
    const { id } = await admin.must('POST', '/data/projects', { name: 'Whole', fps: 24, team: [admin.id, NOBODY], asset_types: [type.id, NOBODY] });
    expect((await admin.get(`/data/projects/${id}`)).body).toMatchObject({ fps: '24', team: [admin.id], asset_types: [type.id] });
    await admin.must('PUT', `/data/projects/${id}`, { team: [], asset_types: [] });
    expect((await admin.get(`/data/projects/${id}`)).body).toMatchObject({ team: [admin.id], asset_types: [] });
  });
  it('ignore fields that they do not have', async () => expect((await admin.put(`/data/projects/${film}`, { no_such_field: 1, fps: '30' })).body).toMatchObject({ fps: '30' }));
  it('are found by name, open or not', async () => {
    expect((await admin.get('/data/projects?name=film')).body.map((p: any) => p.id)).toEqual([film]);
    expect((await admin.get('/data/projects/open?name=Film')).body).toMatchObject([{ id: film, descriptors: [], task_types_priority: {}, task_statuses_link: {} }]);
    expect((await admin.get('/data/projects/open?name=Nothing')).body).toEqual([]);
  });
  it('show themselves without relations when asked', async () => expect((await admin.get(`/data/projects/${film}?relations=false`)).body).not.toHaveProperty('team'));
  it('are 404 when unknown, 400 when the id is none', async () => {
    expect(await statusOf(admin.get(`/data/projects/${NOBODY}`))).toBe(404);
    expect(await statusOf(admin.get('/data/projects/nothing'))).toBe(400);
    expect(await statusOf(admin.put(`/data/projects/${NOBODY}`, {}))).toBe(404);
    expect(await statusOf(admin.delete('/data/projects/nothing'))).toBe(400);
  });
  it('ask for a token', async () => expect(await statusOf(alone.client().get('/data/projects'))).toBe(401));
});

describe('who may what in productions', () => {
  it.each(['manager', 'supervisor', 'user', 'client', 'vendor'])('a %s sees the productions of their teams only', async (role) => {
    for (const path of ['/data/projects', '/data/projects/all', '/data/projects/open', '/data/user/projects/open']) expect((await staff[role]!.get(path)).body.map((p: any) => p.id)).toEqual([film]);
    expect(await statusOf(staff[role]!.get(`/data/projects/${film}`))).toBe(200);
    expect(await statusOf(staff[role]!.get(`/data/projects/${show.id}`))).toBe(403);
  });
  it.each(['manager', 'supervisor', 'user', 'client', 'vendor'])('a %s makes and deletes none', async (role) => {
    expect(await statusOf(staff[role]!.post('/data/projects', { name: 'Mine' }))).toBe(403);
    expect(await statusOf(staff[role]!.delete(`/data/projects/${film}`))).toBe(403);
  });
  it('only managers of the team change one', async () => {
    expect(await statusOf(staff.manager!.put(`/data/projects/${film}`, { fps: '12' }))).toBe(200);
    expect(await statusOf(staff.manager!.put(`/data/projects/${show.id}`, { fps: '12' }))).toBe(403);
    for (const role of ['supervisor', 'user', 'client', 'vendor']) expect(await statusOf(staff[role]!.put(`/data/projects/${film}`, { fps: '13' }))).toBe(403);
  });
  it('managers export what they see', async () => {
    expect((await staff.manager!.get('/export/csv/projects.csv')).body).toBe('Name;Status\r\nFilm;Open\r\n');
    expect(await statusOf(staff.supervisor!.get('/export/csv/projects.csv'))).toBe(403);
  });
});

describe('a production that ends', () => {
  it('is closed before it is deleted, and takes everything with it', async () => {
    const { id } = await admin.must('POST', '/data/projects', { name: 'Ends' });
    const sequence = await admin.must('POST', `/data/projects/${id}/sequences`, { name: 'SQ' });
    const shot = await admin.must('POST', `/data/projects/${id}/shots`, { name: 'SH', sequence_id: sequence.id });
    const field = await admin.must('POST', `/data/projects/${id}/metadata-descriptors`, { entity_type: 'Shot', name: 'Lens' });
    expect(await statusOf(admin.delete(`/data/projects/${id}?force=true`))).toBe(400);
    await admin.must('PUT', `/data/projects/${id}`, closed);
    expect((await admin.get('/data/projects/open?name=Ends')).body).toEqual([]);
    expect(await statusOf(admin.delete(`/data/projects/${id}`))).toBe(204);
    for (const path of [`/data/projects/${id}`, `/data/shots/${shot.id}`, `/data/metadata-descriptors/${field.id}`]) expect(await statusOf(admin.get(path))).toBe(404);
    expect(await statusOf(admin.delete(`/data/projects/${id}`))).toBe(404);
  });
});

describe('productions from elsewhere', () => {
  it('keep their ids from another Kitsu, and change when they come again', async () => {
    const id = newId();
    expect((await admin.post('/import/kitsu/projects', [{ id, name: 'Far', team: [] }])).body).toMatchObject([{ id, name: 'Far' }]);
    expect((await admin.post('/import/kitsu/projects', [{ id, name: 'Far', fps: '12' }])).body).toMatchObject([{ id, fps: '12' }]);
  });
  it('are not brought by others than admins', async () => {
    expect(await staff.manager!.post('/import/kitsu/projects', [{ id: newId(), name: 'No' }])).toMatchObject({ status: 200, body: [] });
    expect(await statusOf(staff.manager!.post('/import/shotgun/projects', []))).toBe(403);
  });
  it.each([[{}], [[{}]], [[{ id: 'x' }]], [['x']]])('refuse %j', async (body) => expect(await statusOf(admin.post('/import/kitsu/projects', body))).toBe(400));
  it('are found again by their id in Shotgun', async () => {
    const [first] = await admin.must('POST', '/import/shotgun/projects', [{ id: 77, name: 'Gun', sg_status: 'Open', sg_color: 'red' }]);
    expect(first).toMatchObject({ name: 'Gun', shotgun_id: 77, data: { sg_color: 'red' } });
    expect(await admin.must('POST', '/import/shotgun/projects', [{ id: 77, name: 'Gun two', sg_status: 'Closed' }])).toMatchObject([{ id: first.id, name: 'Gun two' }]);
    expect((await admin.post('/import/shotgun/remove/project', { id: 77 })).body).toEqual({ success: true, removed_instance_id: first.id });
    expect((await admin.post('/import/shotgun/remove/project', { id: 77 })).body).toEqual({ success: true });
    expect(await statusOf(admin.post('/import/shotgun/remove/project', {}))).toBe(400);
  });
});
