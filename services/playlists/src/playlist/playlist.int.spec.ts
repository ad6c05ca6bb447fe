import { newId } from '@shotlog/kernel';
import type { AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Film } from '../testing.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
let film: Film;
let admin: AloneClient, supervisor: AloneClient, artist: AloneClient, client: AloneClient, vendor: AloneClient, stranger: AloneClient;
let p: string;
beforeAll(async () => {
  film = await Film.start({ BUILD_WORKERS: '0' });
  p = film.project_id;
  [admin, supervisor, artist, client, vendor, stranger] = [await film.alone.person('admin'), await film.alone.person('supervisor', [p]), await film.alone.person('user', [p]),
    await film.alone.person('client', [p]), await film.alone.person('vendor', [p]), await film.alone.person('manager')];
});
afterAll(() => film?.stop());

let counter = 0;
const made = (more: object = {}) => admin.must('POST', '/data/playlists', { project_id: p, name: `List ${++counter}`, ...more });

describe('making and changing playlists', () => {
  it('answers what was made, with the entries as they were given', async () => {
    const shot = await film.shot('SH010');
    const body = await made({ name: 'Dailies', shots: [{ entity_id: shot.entity_id, preview_file_id: shot.preview_file_id, mood: 'blue' }] });
    expect(body).toMatchObject({ name: 'Dailies', for_entity: 'shot', for_client: false, is_for_all: false, build_jobs: [], created_by: admin.id, type: 'Playlist',
      shots: [{ entity_id: shot.entity_id, preview_file_id: shot.preview_file_id, mood: 'blue' }] });
    expect((await admin.get(`/data/playlists/${body.id}`)).body).toEqual(body);
  });

  it('keeps names unique within an episode only', async () => {
    const episode_id = await film.entity('episode', 'E1');
    await made({ name: 'Same', episode_id });
    expect((await admin.post('/data/playlists', { project_id: p, name: 'Same', episode_id })).status).toBe(400);
    expect((await admin.post('/data/playlists', { project_id: p, name: 'Same' })).status).toBe(201);
    expect((await admin.post('/data/playlists', { project_id: p, name: 'Same' })).status).toBe(201);
    const other = await made({ name: 'Other', episode_id });
    expect((await admin.put(`/data/playlists/${other.id}`, { name: 'Same' })).status).toBe(400);
  });

  it('refuses what no playlist can be made of', async () => {
    const bad = async (body: unknown) => (await admin.post('/data/playlists', body)).status;
    expect(await Promise.all([{ name: 'x' }, { project_id: p }, { project_id: 'oops', name: 'x' }, { project_id: p, name: 'x'.repeat(81) }, { project_id: p, name: 'x', for_entity: 'cat' }, { project_id: p, name: 'x', shots: 'all' },
      { project_id: p, name: 'x', shots: [1] }, { project_id: p, name: 'x', shots: [{ entity_id: 'oops' }] }, { project_id: p, name: 'x', task_type_id: 'oops' }, [], 'text'].map(bad))).toEqual(Array(11).fill(400));
    expect(await bad({ project_id: NOBODY, name: 'x' })).toBe(404);
    expect(await bad({ project_id: p, name: 'x', episode_id: NOBODY })).toBe(404);
  });

  it('replaces the entries in their new order and drops what clients were shown beside', async () => {
    const [a, b] = [await film.shot('SH020'), await film.shot('SH030')];
    const entry = (s: typeof a) => ({ entity_id: s.entity_id, preview_file_id: s.preview_file_id });
    const { id } = await made({ shots: [entry(a), entry(b)] });
    const shown = (await admin.get(`/data/projects/${p}/playlists/${id}`)).body;
    const changed = await admin.must('PUT', `/data/playlists/${id}`, { ...shown, shots: [...shown.shots].reverse() });
    expect(changed.shots).toEqual([entry(b), entry(a)]);
    expect(changed).not.toHaveProperty('build_jobs');
  });

  it('moves no playlist to another production or maker', async () => {
    const { id } = await made();
    expect(await admin.must('PUT', `/data/playlists/${id}`, { project_id: NOBODY, created_by: NOBODY, name: 'Moved' })).toMatchObject({ project_id: p, created_by: admin.id, name: 'Moved' });
  });

  it('lets supervisors make playlists and change their own', async () => {
    const own = await supervisor.must('POST', '/data/playlists', { project_id: p, name: 'Supervised' });
    const { id } = await made();
    const shot = await film.shot('SH035');
    expect((await supervisor.put(`/data/playlists/${own.id}`, { name: 'Again' })).status).toBe(200);
    expect((await supervisor.put(`/data/playlists/${id}`, { name: 'Again' })).status).toBe(403);
    expect((await supervisor.post(`/actions/playlists/${own.id}/add-entity`, { entity_id: shot.entity_id })).status).toBe(200);
    expect((await supervisor.post(`/actions/playlists/${id}/add-entity`, { entity_id: shot.entity_id })).status).toBe(403);
    expect((await supervisor.delete(`/data/playlists/${id}`)).status).toBe(403);
    expect((await supervisor.delete(`/data/playlists/${own.id}`)).status).toBe(204);
  });

  it('refuses artists, clients, vendors and strangers every change', async () => {
    const { id } = await made({ for_client: true });
    for (const who of [artist, client, vendor, stranger]) {
      expect((await who.post('/data/playlists', { project_id: p, name: 'x' })).status).toBe(403);
      expect((await who.put(`/data/playlists/${id}`, { name: 'x' })).status).toBe(403);
      expect((await who.post(`/actions/playlists/${id}/add-entity`, { entity_id: NOBODY })).status).toBe(403);
      expect((await who.post(`/actions/playlists/${id}/add-entities`, { entities: [{ entity_id: NOBODY }] })).status).toBe(403);
      expect((await who.post(`/data/playlists/${id}/notify-clients`)).status).toBe(403);
      expect((await who.delete(`/data/playlists/${id}`)).status).toBe(403);
    }
  });

  it('knows nothing of what is gone', async () => {
    const { id } = await made();
    expect((await admin.delete(`/data/playlists/${id}`)).status).toBe(204);
    expect((await admin.get(`/data/playlists/${id}`)).status).toBe(404);
    expect((await admin.get(`/data/projects/${p}/playlists/${id}`)).status).toBe(404);
    expect((await admin.put(`/data/playlists/${id}`, { name: 'x' })).status).toBe(404);
    expect((await admin.delete(`/data/playlists/${id}`)).status).toBe(404);
    expect((await admin.get('/data/playlists/oops')).status).toBe(400);
    expect((await admin.get(`/data/projects/${p}/playlists/oops`)).status).toBe(404);
  });
});

describe('adding entities', () => {
  it('takes the latest revision where none is named', async () => {
    const shot = await film.shot('SH040');
    const latest = await film.preview({ ...shot, revision: 2 });
    const { id } = await made();
    expect((await admin.must('POST', `/actions/playlists/${id}/add-entity`, { entity_id: shot.entity_id })).shots).toEqual([{ entity_id: shot.entity_id, preview_file_id: latest }]);
  });

  it('takes only what the task type of the playlist made', async () => {
    const shot = await film.shot('SH050');
    const layout = newId();
    await film.preview({ ...shot, revision: 7, task_type_id: layout, task_id: await film.task(shot.entity_id, layout) });
    const { id } = await made({ task_type_id: film.animation });
    expect((await admin.must('POST', `/actions/playlists/${id}/add-entity`, { entity_id: shot.entity_id })).shots[0].preview_file_id).toBe(shot.preview_file_id);
  });

  it('loses none of twenty that are added at once', async () => {
    const shots = await Promise.all(Array.from({ length: 20 }, (_, n) => film.entity('shot', `MANY${n}`)));
    const { id } = await made();
    const answers = await Promise.all(shots.map((entity_id) => admin.post(`/actions/playlists/${id}/add-entity`, { entity_id })));
    expect(answers.map((a) => a.status)).toEqual(Array(20).fill(200));
    const kept = (await admin.get(`/data/playlists/${id}`)).body.shots.map((e: any) => e.entity_id);
    expect([...kept].sort()).toEqual([...shots].sort());
  });

  it('adds several or none', async () => {
    const [a, b] = [await film.entity('shot', 'ALL1'), await film.entity('shot', 'ALL2')];
    const { id } = await made();
    expect((await admin.post(`/actions/playlists/${id}/add-entities`, { entities: [{ entity_id: a }, { entity_id: NOBODY }] })).status).toBe(404);
    expect((await admin.get(`/data/playlists/${id}`)).body.shots).toEqual([]);
    expect((await admin.must('POST', `/actions/playlists/${id}/add-entities`, { entities: [{ entity_id: a }, { entity_id: b }, { entity_id: a }] })).shots).toEqual([{ entity_id: a }, { entity_id: b }]);
  });

  it('refuses entities and preview files of another production', async () => {
    const other = new Film(film.alone, film.storage);
    await other.open();
    const foreign = await other.shot('FOREIGN');
    const own = await film.entity('shot', 'SH060');
    const { id } = await made();
    expect((await admin.post(`/actions/playlists/${id}/add-entity`, { entity_id: foreign.entity_id })).status).toBe(404);
    expect((await admin.post(`/actions/playlists/${id}/add-entity`, { entity_id: own, preview_file_id: foreign.preview_file_id })).status).toBe(404);
    expect((await admin.post(`/actions/playlists/${id}/add-entity`, {})).body.data.errors[0].field).toBe('entity_id');
    expect((await admin.post(`/actions/playlists/${id}/add-entity`, { entity_id: 'oops' })).status).toBe(400);
    expect((await admin.post(`/actions/playlists/${id}/add-entities`, { entities: [] })).status).toBe(400);
  });

  it('shows no preview file of another production that an entry names', async () => {
    const other = new Film(film.alone, film.storage);
    await other.open();
    const foreign = await other.shot('SECRET');
    const { id } = await made({ shots: [{ entity_id: await film.entity('shot', 'SH070'), preview_file_id: foreign.preview_file_id }] });
    expect(JSON.stringify((await admin.get(`/data/projects/${p}/playlists/${id}`)).body)).not.toContain(foreign.preview_file_id);
  });
});

describe('reading playlists', () => {
  it('shows each entry with its preview file and all others of its entity', async () => {
    const shot = await film.shot('SH080');
    const second = await film.preview({ ...shot, revision: 2 });
    const beside = await film.preview({ ...shot, revision: 2, position: 2, extension: 'png' });
    const none = await film.entity('shot', 'SH090');
    const { id } = await made({ shots: [{ entity_id: shot.entity_id, preview_file_id: second }, { entity_id: none }] });
    const { shots } = (await admin.get(`/data/projects/${p}/playlists/${id}`)).body;
    expect(shots[0]).toMatchObject({ id: shot.entity_id, preview_file_id: second, preview_file_revision: 2, preview_file_extension: 'mp4', preview_file_status: 'Ready', preview_file_task_id: shot.task_id,
      preview_file_width: 320, preview_file_previews: [{ id: beside }] });
    expect(shots[0].preview_files[film.animation].map((f: any) => [f.id, f.revision, f.previews.length])).toEqual([[second, 2, 1], [shot.preview_file_id, 1, 0]]);
    expect(shots[1]).toEqual({ id: none, entity_id: none, preview_files: [] });
  });

  it('lists pages of twenty, lastly changed first, without entries', async () => {
    const other = new Film(film.alone, film.storage);
    await other.open();
    const of = `/data/projects/${other.project_id}/playlists`;
    for (let n = 1; n <= 21; n++) await admin.must('POST', '/data/playlists', { project_id: other.project_id, name: `P${String(n).padStart(2, '0')}`, ...(n === 3 ? { task_type_id: film.animation } : {}) });
    expect((await admin.get(of)).body).toHaveLength(20);
    expect((await admin.get(`${of}?page=2&sort_by=name`)).body.map((l: any) => l.name)).toEqual(['P21']);
    expect((await admin.get(`${of}?page=3`)).body).toEqual([]);
    expect((await admin.get(`${of}?task_type_id=${film.animation}`)).body.map((l: any) => l.name)).toEqual(['P03']);
    expect((await admin.get(of)).body[0]).not.toHaveProperty('shots');
    expect((await admin.get(`${of}/all`)).body).toHaveLength(21);
    expect((await admin.get(`${of}?page=two`)).status).toBe(400);
    expect((await admin.get(`${of}?task_type_id=oops`)).status).toBe(400);
    expect((await admin.get(`/data/projects/${NOBODY}/playlists`)).status).toBe(404);
  });

  it('tells the playlists of an episode, of none and of all apart', async () => {
    const episode_id = await film.entity('episode', 'E2');
    const [one, all] = [await made({ name: 'Of E2', episode_id }), await made({ name: 'Of all', is_for_all: true })];
    const of = async (scope: string) => (await admin.get(`/data/projects/${p}/episodes/${scope}/playlists`)).body.map((l: any) => l.id);
    expect(await of(episode_id)).toEqual([one.id]);
    expect(await of('all')).toEqual([all.id]);
    expect(await of('main')).not.toContain(one.id);
    expect((await admin.get(`/data/projects/${p}/episodes/oops/playlists`)).status).toBe(404);
  });

  it('shows clients what is for clients, and vendors nothing', async () => {
    const [open, inside] = [await made({ for_client: true }), await made()];
    const listed = (await client.get(`/data/projects/${p}/playlists`)).body.map((l: any) => l.id);
    expect(listed).toContain(open.id);
    expect(listed).not.toContain(inside.id);
    expect((await client.get(`/data/playlists?project_id=${p}`)).body.every((l: any) => l.for_client)).toBe(true);
    for (const path of [`/data/playlists/`, `/data/projects/${p}/playlists/`]) {
      expect((await client.get(path + open.id)).status).toBe(200);
      expect((await client.get(path + inside.id)).status).toBe(403);
      for (const who of [vendor, stranger]) expect((await who.get(path + open.id)).status).toBe(403);
      expect((await artist.get(path + inside.id)).status).toBe(200);
    }
    expect((await vendor.get('/data/playlists')).status).toBe(403);
    expect((await vendor.get(`/data/projects/${p}/playlists`)).status).toBe(403);
    expect((await artist.get(`/data/projects/${p}/playlists/all`)).status).toBe(403);
    expect((await stranger.get('/data/playlists')).body).toEqual([]);
    expect((await film.alone.client().get('/data/playlists')).status).toBe(401);
  });

  it('shows what is new at once though answers are kept', async () => {
    const shot = await film.shot('SH100');
    const { id } = await made({ shots: [{ entity_id: shot.entity_id, preview_file_id: shot.preview_file_id }] });
    const of = `/data/projects/${p}/playlists/${id}`;
    await admin.get(of);
    const next = await film.preview({ ...shot, revision: 2 });
    expect((await admin.get(of)).body.shots[0].preview_files[film.animation][0].id).toBe(next);
  });

  it('groups the preview files of an entity by task type', async () => {
    const shot = await film.shot('SH110');
    const body = (await artist.get(`/data/playlists/entities/${shot.entity_id}/preview-files`)).body;
    expect(body[film.animation]).toMatchObject([{ id: shot.preview_file_id, status: 'ready', annotations: null, original_name: 'v', previews: [] }]);
    expect((await vendor.get(`/data/playlists/entities/${shot.entity_id}/preview-files`)).status).toBe(403);
    expect((await admin.get(`/data/playlists/entities/${NOBODY}/preview-files`)).status).toBe(404);
    expect((await admin.get('/data/playlists/entities/oops/preview-files')).status).toBe(404);
    expect((await admin.get('/data/playlists/preview-files/running')).body).toEqual([]);
    expect((await artist.get('/data/playlists/preview-files/running')).status).toBe(403);
  });

  it('makes a playlist of tasks that is kept nowhere', async () => {
    const [a, b] = [await film.shot('SHB'), await film.shot('SHA')];
    const temp = (query: string, task_ids: unknown, who = artist) => who.post(`/data/projects/${p}/playlists/temp${query}`, { task_ids });
    expect((await temp('', [a.task_id, b.task_id])).body.map((e: any) => [e.name, e.parent_name, e.preview_file_id])).toEqual([['SHB', 'SQ01', a.preview_file_id], ['SHA', 'SQ01', b.preview_file_id]]);
    expect((await temp('?sort=true', [a.task_id, b.task_id])).body.map((e: any) => e.name)).toEqual(['SHA', 'SHB']);
    expect((await temp('', [])).body).toEqual([]);
    expect((await temp('', ['oops'])).status).toBe(400);
    expect((await temp('', undefined)).status).toBe(400);
    expect((await temp('', [NOBODY])).status).toBe(404);
    expect((await temp('', [a.task_id], vendor)).status).toBe(403);
    expect((await temp('', [a.task_id], stranger)).status).toBe(403);
  });

  it('tells clients by a fact', async () => {
    const { id } = await made();
    expect((await admin.post(`/data/playlists/${id}/notify-clients`, { studio_id: '' })).body).toEqual({ status: 'success' });
    expect((await film.alone.service.log.read(`playlist-${id}`)).at(-1)).toMatchObject({ type: 'ClientsNotified', data: { playlist_id: id, project_id: p, studio_id: null } });
    expect((await admin.post(`/data/playlists/${id}/notify-clients`, { studio_id: 'oops' })).status).toBe(400);
    expect((await admin.post(`/data/playlists/${NOBODY}/notify-clients`)).status).toBe(404);
  });
});
