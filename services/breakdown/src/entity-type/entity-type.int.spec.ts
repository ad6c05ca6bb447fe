import { newId } from '@shotlog/kernel';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakdown } from '../index.ts';
import { defaultEntityTypeId } from './entity-type.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
const anim = newId();
let alone: Alone;
let admin: AloneClient, artist: AloneClient;
const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status;

beforeAll(async () => {
  alone = await Alone.start(breakdown);
  await alone.facts(`task_type-${anim}`, taskType.events.created({ task_type_id: anim, name: 'Animation' }));
  [admin, artist] = [await alone.person('admin'), await alone.person('user')];
});
afterAll(() => alone?.stop());

describe('entity types', () => {
  it('stand there from the start, asset types apart from the rest', async () => {
    const names = (await artist.get('/data/entity-types')).body.map((t: any) => t.name);
    expect(names).toEqual(expect.arrayContaining(['Character', 'Shot', 'Concept']));
    expect((await artist.get('/data/asset-types')).body.map((t: any) => t.name)).toEqual(['Character', 'Environment', 'FX', 'Prop']);
    expect(await statusOf(artist.get(`/data/asset-types/${defaultEntityTypeId('Character')}`))).toBe(200);
    for (const id of [defaultEntityTypeId('Shot'), NOBODY, 'x']) expect(await statusOf(artist.get(`/data/asset-types/${id}`))).toBe(404);
  });
  it('are made with the task types that there are', async () => {
    const made = await admin.must('POST', '/data/entity-types', { name: 'Vehicle', short_name: 'veh', task_types: [anim, NOBODY] });
    expect(made).toMatchObject({ task_types: [anim], archived: false, type: 'EntityType' });
    expect((await admin.put(`/data/entity-types/${made.id}`, { name: 'Car' })).body).toMatchObject({ name: 'Car', task_types: [anim] });
    expect(await statusOf(admin.delete(`/data/entity-types/${made.id}`))).toBe(204);
    expect(await statusOf(admin.get(`/data/entity-types/${made.id}`))).toBe(404);
  });
  it('refuse a name that is taken, missing or too long', async () => {
    for (const name of ['Prop', 'prop', '', undefined, 'x'.repeat(31)]) expect(await statusOf(admin.post('/data/entity-types', { name }))).toBe(400);
  });
  it('stay while there are entities of them', async () => {
    const film = await admin.must('POST', '/data/projects', { name: 'Film' });
    const type = await admin.must('POST', '/data/entity-types', { name: 'Used' });
    await admin.must('POST', `/data/projects/${film.id}/asset-types/${type.id}/assets/new`, { name: 'Cup' });
    expect(await statusOf(admin.delete(`/data/entity-types/${type.id}`))).toBe(400);
  });
  it('are made by admins only', async () => {
    expect(await statusOf(artist.post('/data/entity-types', { name: 'Mine' }))).toBe(403);
    expect(await statusOf(artist.delete(`/data/entity-types/${defaultEntityTypeId('Prop')}`))).toBe(403);
  });
});

describe('project statuses', () => {
  it('are made by admins and stay while productions have them', async () => {
    const made = await admin.must('POST', '/data/project-status', { name: 'Frozen', color: '#00ffff' });
    expect((await artist.get('/data/project-status?name=frozen')).body).toMatchObject([{ id: made.id, color: '#00ffff' }]);
    expect(await statusOf(artist.post('/data/project-status', { name: 'Mine', color: '#000000' }))).toBe(403);
    for (const body of [{}, { name: 'Frozen', color: '#000000' }, { name: 'No colour' }]) expect(await statusOf(admin.post('/data/project-status', body))).toBe(400);
    const film = await admin.must('POST', '/data/projects', { name: 'Cold', project_status_id: made.id });
    expect(await statusOf(admin.delete(`/data/project-status/${made.id}`))).toBe(400);
    expect((await admin.get('/data/projects/open?name=Cold')).body).toEqual([]);
    expect((await admin.get(`/data/projects/${film.id}`)).body.project_status_name).toBe('Frozen');
  });
});
