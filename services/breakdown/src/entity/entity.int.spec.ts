import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { film, NOBODY, type Film } from './studio.fixture.ts';

let studio: Studio;
let f: Film;
let shot: string;
let other: string;
const data = () => `/data/projects/${f.project}`;
const statuses = async (ask: (as: Client) => Promise<{ status: number }>) =>
  Object.fromEntries(await Promise.all(Object.entries(f.as).map(async ([role, client]) => [role, (await ask(client)).status])));
const make = async (name: string, more: object = {}) => (await f.admin.must('POST', `${data()}/shots`, { name, sequence_id: f.sequence, ...more })).id as string;

beforeAll(async () => {
  studio = await startStudio();
  f = await film(studio, 'Entities');
  shot = await make('SH010', { nb_frames: 24, data: { frame_in: 1, frame_out: 24 } });
  other = await make('SH020');
  const anim = (await f.admin.must('POST', '/data/task-types', { name: 'Entities anim', for_entity: 'Shot', color: '#112233' })).id;
  const [task] = await f.admin.must('POST', `/actions/projects/${f.project}/task-types/${anim}/shots/create-tasks`, [shot]);
  await f.admin.must('PUT', `/actions/tasks/${task.id}/assign`, { person_id: f.ids.vendor });
}, 60_000);
afterAll(() => studio.stop());

describe('creating', () => {
  it('answers the one that is there for a name that exists', async () => {
    const again = await f.admin.post(`${data()}/shots`, { name: 'SH010', sequence_id: f.sequence });
    expect([again.status, again.body.id]).toEqual([201, shot]);
  });
  it('makes one shot of a name that many ask for at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => f.admin.must('POST', `${data()}/shots`, { name: 'SH099', sequence_id: f.sequence })));
    expect(new Set(all.map((s) => s.id)).size).toBe(1);
  });
  it('answers the same for a repeated Idempotency-Key', async () => {
    const send = () => f.admin.post(`${data()}/asset-types/${f.type}/assets/new`, { name: 'Twice' }, { 'idempotency-key': 'asset twice' });
    expect((await send()).body.id).toBe((await send()).body.id);
  });
  it('is for managers of the production', async () =>
    expect(await statuses((as) => as.post(`${data()}/shots`, { name: 'SH500', sequence_id: f.sequence }))).toEqual({ manager: 201, supervisor: 403, user: 403, client: 403, vendor: 403, outsider: 403 }));
  it('of an edit takes its episode by either name', async () => {
    const edit = async (body: object) => (await f.admin.must('POST', `${data()}/edits`, body)).parent_id;
    expect([await edit({ name: 'Cut 1', episode_id: f.episode }), await edit({ name: 'Cut 2', parent_id: f.episode }), await edit({ name: 'Cut 3', parent_id: 'x' })]).toEqual([f.episode, f.episode, null]);
    expect((await f.admin.post(`${data()}/edits`, { name: 'Cut 4', parent_id: f.sequence })).status).toBe(404);
  });
  it('of a concept links what it is drawn for', async () => {
    const lama = (await f.admin.must('POST', `${data()}/asset-types/${f.type}/assets/new`, { name: 'Drawn lama' })).id;
    const made = await f.admin.must('POST', `${data()}/concepts`, { name: 'Lama drawn', entity_concept_links: [{ id: lama }, { id: NOBODY }] });
    expect([made.entity_concept_links, (await f.admin.must('GET', `/data/concepts/${made.id}`)).entity_concept_links]).toEqual([[lama], [lama]]);
    expect((await f.admin.post(`${data()}/concepts`, { name: 'Lama as id', entity_concept_links: [lama] })).status).toBe(400);
  });
  it('of concepts is for the studio on the team', async () =>
    expect(await statuses((as) => as.post(`${data()}/concepts`, { name: 'Idea' }))).toEqual({ manager: 201, supervisor: 201, user: 201, client: 403, vendor: 403, outsider: 403 }));
  it.each([
    ['no name', {}, 400], ['an empty name', { name: ' ' }, 400], ['a name of 161 characters', { name: 'x'.repeat(161) }, 400], ['a number for a name', { name: 5 }, 400], ['a NUL', { name: 'a\0' }, 400],
    ['frames that are no number', { name: 'A', nb_frames: 'many' }, 400], ['an unknown sequence', { name: 'A', sequence_id: NOBODY }, 404],
  ])('refuses %s', async (_, body, status) => expect((await f.admin.post(`${data()}/shots`, body)).status).toBe(status));
  it('stands below nothing that its kind does not stand below, whatever the body says', async () => {
    const episode = await f.admin.must('POST', `${data()}/episodes`, { name: 'E77', parent_id: f.sequence, source_id: f.sequence });
    const concept = await f.admin.must('POST', `${data()}/concepts`, { name: 'Loose idea', parent_id: 'no id', source_id: '' });
    expect([episode, concept].map((e) => [e.parent_id, e.source_id])).toEqual([[null, null], [null, null]]);
  });
  it('refuses data that is no object, new or not', async () => {
    for (const odd of ['text \u{1F600}', 5, [1]]) {
      expect((await f.admin.post(`${data()}/shots`, { name: 'Odd', sequence_id: f.sequence, data: odd })).status).toBe(400);
      expect((await f.admin.put(`/data/entities/${f.sequence}`, { data: odd })).status).toBe(400);
      expect((await f.admin.post('/data/entities', { name: 'Odd', project_id: f.project, entity_type_id: f.type, data: odd })).status).toBe(400);
    }
  });
  it('refuses an unknown production, and one that is no id', async () =>
    expect([(await f.admin.post(`/data/projects/${NOBODY}/shots`, { name: 'A' })).status, (await f.admin.post('/data/projects/xyz/shots', { name: 'A' })).status, (await studio.nobody.post('/data/projects/xyz/shots', {})).status]).toEqual([404, 404, 401]));
});

describe('reading', () => {
  it('shows a shot with what stands around it and its tasks', async () => {
    const one = await f.admin.must('GET', `/data/shots/${shot}`);
    expect(one).toMatchObject({ sequence_name: 'SQ010', episode_name: 'E02', project_name: 'Entities', frame_in: 1, entities_out: [], type: 'Shot', tasks: [{ assignees: [f.ids.vendor], is_subscribed: false }] });
  });
  it('shows vendors what they are assigned, in lists and one by one', async () => {
    const lists = await Promise.all([`/data/shots?project_id=${f.project}`, `/data/shots/with-tasks?project_id=${f.project}`, `${data()}/shots`, `/data/entities?project_id=${f.project}`, `/data/sequences/${f.sequence}/shots`].map((p) => f.as.vendor.must('GET', p)));
    for (const list of lists) expect(list.filter((e: any) => (e.type ?? 'Shot') === 'Shot').map((e: any) => e.id)).toEqual([shot]);
    expect([(await f.as.vendor.get(`/data/shots/${shot}`)).status, (await f.as.vendor.get(`/data/shots/${other}`)).status, (await f.as.vendor.get(`/data/entities/${other}`)).status]).toEqual([200, 403, 403]);
  });
  it('narrows lists to an episode, to what belongs to none, or to nothing', async () => {
    const asset = async (name: string, more: object) => (await f.admin.must('POST', `${data()}/asset-types/${f.type}/assets/new`, { name, ...more })).id as string;
    const [none, own] = [await asset('Of none', {}), await asset('Of one', { episode_id: f.episode })];
    const found = async (kind: string, episode_id: string) => (await f.admin.must('GET', `/data/${kind}/with-tasks?project_id=${f.project}&episode_id=${episode_id}`)).map((e: any) => e.id).filter((id: string) => [none, own, shot].includes(id)).sort();
    expect([await found('assets', 'main'), await found('assets', f.episode), await found('assets', 'all')]).toEqual([[none], [own], [none, own].sort()]);
    expect(await found('shots', 'all')).toEqual([shot]);
    const type = (await f.admin.must('GET', '/data/task-types')).find((t: any) => t.for_entity === 'Asset').id;
    const episode = (await f.admin.must('POST', `${data()}/episodes`, { name: 'E77' })).id;
    await f.admin.must('PUT', `/data/entities/${own}`, { source_id: episode });
    const [task] = await f.admin.must('POST', `/actions/projects/${f.project}/task-types/${type}/assets/create-tasks`, [own]);
    await f.admin.must('PUT', `/actions/tasks/${task.id}/assign`, { person_id: f.ids.vendor });
    expect((await f.as.vendor.must('GET', `${data()}/episodes`)).map((e: any) => e.id)).toContain(episode);
    expect((await f.as.vendor.must('GET', `/data/user/projects/${f.project}/episodes`)).map((e: any) => e.id)).not.toContain(episode);
    for (const id of [none, own, episode]) await f.admin.must('DELETE', `/data/entities/${id}?force=true`);
  });
  it('gives no kept list of others to a vendor', async () => {
    expect((await f.as.user.must('GET', `${data()}/shots`)).length).toBeGreaterThan(1);
    expect(await f.as.vendor.must('GET', `${data()}/shots`)).toHaveLength(1);
    expect((await f.as.user.must('GET', `${data()}/shots`)).length).toBeGreaterThan(1);
  });
  it('tells outsiders nothing', async () => {
    for (const path of [`/data/shots/${shot}`, `${data()}/shots`, `/data/shots?project_id=${f.project}`, '/data/shots', `/data/shots/with-tasks?project_id=${f.project}`, `${data()}/episodes/stats`]) {
      expect([path, (await f.as.outsider.get(path)).status]).toEqual([path, 403]);
    }
    expect(await f.as.outsider.must('GET', '/data/entities')).toEqual([]);
  });
  it('tells clients and vendors no concept', async () => {
    const concept = (await f.admin.must('POST', `${data()}/concepts`, { name: 'Secret' })).id;
    expect([(await f.as.client.get(`/data/concepts/${concept}`)).status, (await f.as.vendor.get(`${data()}/concepts`)).status, (await f.as.user.get(`/data/concepts/${concept}`)).status]).toEqual([403, 403, 200]);
    expect((await f.as.client.must('GET', `/data/entities?project_id=${f.project}`)).some((e: any) => e.id === concept)).toBe(false);
  });
  it('answers 404 for what is of another kind', async () => expect((await f.admin.get(`/data/assets/${shot}`)).status).toBe(404));
  it('reads its own change at once', async () => {
    for (let i = 0; i < 5; i++) {
      await f.admin.must('PUT', `/data/entities/${other}`, { nb_frames: i + 100 });
      expect((await f.admin.must('GET', `/data/shots/with-tasks?project_id=${f.project}`)).find((s: any) => s.id === other).nb_frames).toBe(i + 100);
    }
  });
});

describe('changing', () => {
  it('merges data on the generic route and replaces it on the shot\'s own', async () => {
    expect((await f.admin.must('PUT', `/data/entities/${other}`, { data: { a: 1 } })).data).toEqual({ a: 1 });
    expect((await f.admin.must('PUT', `/data/entities/${other}`, { data: { b: 2 } })).data).toEqual({ a: 1, b: 2 });
    expect((await f.admin.must('PUT', `/data/shots/${other}`, { data: { c: 3 } })).data).toEqual({ c: 3 });
  });
  it('lets supervisors change metadata alone', async () => {
    expect(await statuses((as) => as.put(`/data/entities/${other}`, { data: { lens: '35' } }))).toEqual({ manager: 200, supervisor: 200, user: 403, client: 403, vendor: 403, outsider: 403 });
    expect((await f.as.supervisor.put(`/data/entities/${other}`, { nb_frames: 1, data: {} })).status).toBe(403);
    expect((await f.as.supervisor.put(`/data/shots/${other}`, { data: { lens: '35' } })).status).toBe(403);
    const department = (await f.admin.must('POST', '/data/departments', { name: 'Optics', color: '#112233' })).id;
    await f.admin.must('POST', `${data()}/metadata-descriptors`, { entity_type: 'Shot', name: 'Lens', departments: [department] });
    await f.admin.must('POST', `/actions/persons/${f.ids.supervisor}/departments/add`, { department_id: department });
    const set = async (values: object) => (await f.as.supervisor.put(`/data/entities/${other}`, { data: values })).status;
    expect([await set({ lens: '50' }), await set({ lens: '50', rain: 1 }), await set({ rain: 1 })], 'fields of their departments').toEqual([200, 403, 403]);
    await f.admin.must('DELETE', `/actions/persons/${f.ids.supervisor}/departments/${department}`);
  });
  it('keeps what an edit was called before', async () => {
    await f.admin.must('PUT', `/data/shots/${shot}`, { name: 'SH011' });
    expect(await f.admin.must('GET', `/data/shots/${shot}/versions`)).toMatchObject([{ name: 'SH010', entity_id: shot }]);
    await f.admin.must('PUT', `/data/shots/${shot}`, { name: 'SH010' });
  });
  it.each([
    ['a name that is taken', { name: 'SH010' }], ['no name', { name: null }], ['an unknown status', { status: 'asleep' }], ['text in a number', { nb_frames: 'abc' }], ['data that is no object', { data: [1] }],
    ['a parent that is no sequence', { parent_id: NOBODY }], ['a type of another kind', { entity_type_id: NOBODY }],
  ])('refuses %s', async (_, body) => expect((await f.admin.put(`/data/entities/${other}`, body)).status).toBe(400));
  it('never moves a shot to another production', async () => expect((await f.admin.must('PUT', `/data/entities/${other}`, { project_id: NOBODY })).project_id).toBe(f.project));
});

describe('scenes', () => {
  it('take shots in and let them go', async () => {
    const scene = (await f.admin.must('POST', `${data()}/scenes`, { name: 'SC1', sequence_id: f.sequence })).id;
    expect((await f.as.user.post(`/data/scenes/${scene}/shots`, { shot_id: other })).status).toBe(201);
    expect((await f.as.vendor.post(`/data/scenes/${scene}/shots`, { shot_id: other })).status).toBe(403);
    expect((await f.admin.must('GET', `/data/scenes/${scene}/shots`)).map((s: any) => s.id)).toEqual([other]);
    expect([(await f.admin.delete(`/data/scenes/${scene}/shots/${other}`)).status, (await f.admin.delete(`/data/scenes/${scene}/shots/${other}`)).status]).toEqual([204, 404]);
  });
});

describe('deleting', () => {
  it('is for managers of the production', async () =>
    expect(await statuses(async (as) => as.delete(`/data/sequences/${(await f.admin.must('POST', `${data()}/sequences`, { name: `T${Math.random()}` })).id}`)))
      .toEqual({ manager: 204, supervisor: 403, user: 403, client: 403, vendor: 403, outsider: 403 }));
  it('cancels a shot with tasks, and takes it away by force', async () => {
    expect((await f.admin.delete(`/data/shots/${shot}`)).status).toBe(204);
    expect((await f.admin.must('GET', `/data/shots/${shot}`)).canceled).toBe(true);
    expect((await f.admin.delete(`/data/entities/${shot}`)).status).toBe(400);
    expect((await f.admin.delete(`/data/shots/${shot}?force=true`)).status).toBe(204);
    expect((await f.admin.get(`/data/shots/${shot}`)).status).toBe(404);
  });
  it('frees the name', async () => expect(await make('SH010')).not.toBe(shot));
  it('of several answers those that there were, and refuses whole what leaves children behind', async () => {
    const [a, b] = [await make('D1'), await make('D2')];
    expect((await f.as.user.post(`/actions/projects/${f.project}/delete-entities`, [a])).status).toBe(403);
    expect((await f.admin.post(`/actions/projects/${f.project}/delete-entities`, [a, f.sequence])).status).toBe(400);
    expect((await f.admin.get(`/data/shots/${a}`)).status).toBe(200);
    expect((await f.admin.post(`/actions/projects/${f.project}/delete-entities`, [a, b, NOBODY])).body).toEqual([a, b]);
    expect((await f.admin.post(`/actions/projects/${f.project}/delete-entities`, { a })).status).toBe(400);
  });
  it('of an episode by force takes everything below it along', async () => {
    expect((await f.admin.delete(`/data/episodes/${f.episode}`)).status).toBe(400);
    expect((await f.admin.delete(`/data/episodes/${f.episode}?force=true`)).status).toBe(204);
    expect(await f.admin.must('GET', `${data()}/shots`)).toEqual([]);
    expect((await f.admin.get(`/data/sequences/${f.sequence}`)).status).toBe(404);
  });
});
