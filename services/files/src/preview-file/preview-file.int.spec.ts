import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip, FilmStudio, form, NOBODY, png, until, type Role } from '../testing.ts';

const EVERYBODY: Role[] = ['admin', 'manager', 'supervisor', 'artist', 'unassigned', 'client', 'vendor', 'stranger'];
let film: FilmStudio;
beforeAll(async () => { film = await FilmStudio.start(); });
afterAll(() => film?.stop());

describe('who sees previews', () => {
  it('the team does; clients what is shared with them, vendors what they work on', async () => {
    const { id } = await film.published('cup.png', png(8, 8));
    const shared = await film.published('cup.png', png(8, 8), { comment: { for_client: true }, as: 'manager' });
    const team = { admin: 200, manager: 200, supervisor: 200, artist: 200, unassigned: 200, vendor: 403, stranger: 403 };
    for (const path of [`/data/preview-files/${id}`, `/pictures/thumbnails/preview-files/${id}.png`, `/pictures/originals/preview-files/${id}/download`]) {
      expect(await film.statuses(EVERYBODY, (as) => as.get(path)), path).toEqual({ ...team, client: 403 });
    }
    expect(await film.statuses(EVERYBODY, (as) => as.get(`/pictures/thumbnails/preview-files/${shared.id}.png`))).toEqual({ ...team, client: 200 });
    const seen = async (role: Role, path: string) => (await film.as[role].get(path)).body.map((p: any) => p.id);
    for (const path of ['/data/preview-files', `/data/tasks/${film.ids.task}/previews`, `/data/entities/${film.ids.shot}/preview-files`]) {
      expect(await seen('client', path), path).toEqual([shared.id]);
      expect(await seen('unassigned', path), path).toContain(id);
    }
    expect(await seen('vendor', '/data/preview-files')).toEqual([]);
    expect(await seen('stranger', '/data/preview-files')).toEqual([]);
    expect(await film.statuses(EVERYBODY, (as) => as.get(`/data/projects/${film.ids.project}/preview-files`))).toMatchObject({ admin: 200, manager: 403, artist: 403, client: 403, stranger: 403 });
    expect((await film.studio.nobody.get(`/pictures/thumbnails/preview-files/${id}.png`)).status).toBe(401);
  });
  it('a playlist for clients shares what stands in it', async () => {
    const { id } = await film.published('cup.png', png(8, 8));
    await film.as.manager.must('POST', '/data/playlists', { name: 'For them', project_id: film.ids.project, for_client: true, for_entity: 'shot', shots: [{ entity_id: film.ids.shot, preview_file_id: id }] });
    await until(async () => (await film.as.client.get(`/data/preview-files/${id}`)).status === 200);
  });
});

describe('revisions', () => {
  it('count up by themselves, stay together in a comment, and are never made twice', async () => {
    const { id, comment } = await film.preview();
    const first = (await film.as.artist.get(`/data/preview-files/${id}`)).body;
    expect(first).toMatchObject({ status: 'processing', extension: 'mp4', position: 1, source: 'webgui', comments: [comment] });
    const beside = await film.as.artist.must('POST', `/actions/tasks/${film.ids.task}/comments/${comment}/preview-files/${id}`);
    expect(beside).toMatchObject({ revision: first.revision, position: 2 });
    const next = await film.comment();
    const add = (body: object) => film.as.artist.post(`/actions/tasks/${film.ids.task}/comments/${next}/add-preview`, body);
    expect((await add({ revision: first.revision })).status).toBe(400);
    expect((await add({ revision: 'x' })).status).toBe(400);
    expect((await add({ revision: first.revision + 10 })).body).toMatchObject({ revision: first.revision + 10, position: 1 });
  });
  it('of many at the same time are all different', async () => {
    const notes = await Promise.all(Array.from({ length: 6 }, () => film.comment()));
    const made = await Promise.all(notes.map((note) => film.as.artist.must('POST', `/actions/tasks/${film.ids.task}/comments/${note}/add-preview`)));
    expect(new Set(made.map((p) => p.revision)).size).toBe(6);
  });
  it('are made once when a request is sent again with its key', async () => {
    const note = await film.comment();
    const send = () => film.as.artist.post(`/actions/tasks/${film.ids.task}/comments/${note}/add-preview`, {}, { 'idempotency-key': 'once' });
    const [one, again] = [await send(), await send()];
    expect(again.body).toMatchObject({ id: one.body.id, revision: one.body.revision });
  });
  it('let their files change places', async () => {
    const { id, comment } = await film.preview();
    const extra = async () => (await film.as.artist.must('POST', `/actions/tasks/${film.ids.task}/comments/${comment}/preview-files/${id}`)).id;
    const [two, three] = [await extra(), await extra()];
    const move = async (position: unknown) => (await film.as.artist.put(`/actions/preview-files/${three}/update-position`, { position }));
    expect((await move(1)).body.map((p: any) => [p.id, p.position])).toEqual([[three, 1], [id, 2], [two, 3]]);
    expect((await move(9)).body.map((p: any) => p.id)).toEqual([three, id, two]);
    expect((await move(-1)).status).toBe(400);
  });
  it('are refused who may not publish, and for what is not there', async () => {
    const note = await film.comment();
    const path = `/actions/tasks/${film.ids.task}/comments/${note}/add-preview`;
    expect(await film.statuses(['unassigned', 'vendor', 'stranger'], (as) => as.post(path))).toEqual({ unassigned: 403, vendor: 403, stranger: 403 });
    expect(await film.statuses(['unassigned', 'vendor', 'stranger'], async (as) => as.post(`/pictures/preview-files/${(await film.preview()).id}`, form({ file: ['a.png', png(4, 4)] })))).toEqual({ unassigned: 403, vendor: 403, stranger: 403 });
    expect((await film.as.admin.post(`/actions/tasks/${film.ids.task}/comments/${NOBODY}/add-preview`)).status).toBe(404);
    expect((await film.as.admin.post(`/actions/tasks/${film.ids.assetTask}/comments/${note}/add-preview`)).status).toBe(404);
  });
});

describe('the preview that stands for its entity', () => {
  it('is chosen by the studio, a frame of a movie too', async () => {
    const { id } = await film.published('take.mp4', await clip());
    const before = await film.bytes(`/pictures/thumbnails/preview-files/${id}.png`);
    const main = (body: object) => film.as.unassigned.put(`/actions/preview-files/${id}/set-main-preview`, body);
    expect((await main({ frame_number: 5 })).body).toMatchObject({ id: film.ids.shot, preview_file_id: id, type: 'Entity' });
    expect((await film.bytes(`/pictures/thumbnails/preview-files/${id}.png`)).equals(before)).toBe(false);
    expect((await main({ frame_number: 900 })).status).toBe(400);
    expect((await main({ frame_number: 'x' })).status).toBe(400);
    expect(await film.statuses(['client', 'vendor', 'stranger'], (as) => as.put(`/actions/preview-files/${id}/set-main-preview`))).toEqual({ client: 403, vendor: 403, stranger: 403 });
    const picture = await film.published('cup.png', png(8, 8));
    expect((await film.as.admin.put(`/actions/preview-files/${picture.id}/set-main-preview`, { frame_number: 1 })).status).toBe(400);
  });
  it('is the last of a task, or of many', async () => {
    const { id } = await film.published('cup.png', png(8, 8), { task: film.ids.assetTask, as: 'manager' });
    expect((await film.as.admin.put(`/actions/tasks/${film.ids.assetTask}/set-main-preview`)).body.preview_file_id).toBe(id);
    expect((await film.as.admin.put('/actions/tasks/set-main-preview', { task_ids: [film.ids.assetTask] })).body).toMatchObject([{ id: film.ids.asset, preview_file_id: id }]);
    expect((await film.as.admin.put('/actions/tasks/set-main-preview', {})).status).toBe(400);
    expect((await film.as.admin.put(`/actions/tasks/${NOBODY}/set-main-preview`)).status).toBe(404);
  });
  it('comes by itself where the production wants it', async () => {
    await film.as.admin.must('PUT', `/data/projects/${film.ids.project}`, { is_set_preview_automated: true });
    const { id } = await film.published('cup.png', png(8, 8));
    await until(async () => (await film.as.admin.get(`/data/shots/${film.ids.shot}`)).body.preview_file_id === id);
    await film.as.admin.must('PUT', `/data/projects/${film.ids.project}`, { is_set_preview_automated: false });
  });
});

describe('drawings', () => {
  const stroke = (id: string) => ({ id, type: 'path', left: 1, top: 1, path: [['M', 0, 0], ['L', 5, 5]], stroke: '#ff0000' });
  const at = (time: number, ...ids: string[]) => ({ time, drawing: { objects: ids.map(stroke) } });
  it('of several people at once all stay', async () => {
    const { id } = await film.published('cup.png', png(20, 20));
    const draw = (name: string) => film.as.supervisor.put(`/actions/preview-files/${id}/update-annotations`, { additions: [at(0, name)] });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(draw));
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200]);
    const [annotation] = (await film.as.admin.get(`/data/preview-files/${id}`)).body.annotations;
    expect(annotation.drawing.objects.map((o: any) => o.id).sort()).toEqual(['a', 'b', 'c', 'd']);
  });
  it('are made by reviewers and clients only', async () => {
    const { id } = await film.published('cup.png', png(20, 20));
    expect(await film.statuses(EVERYBODY, (as) => as.put(`/actions/preview-files/${id}/update-annotations`, { additions: [] }))).toEqual({
      admin: 200, manager: 200, supervisor: 200, artist: 403, unassigned: 403, client: 200, vendor: 403, stranger: 403 });
    for (const wrong of [{ additions: 'scribble' }, { additions: [{ drawing: { objects: [] } }] }, { additions: [3] }]) {
      expect((await film.as.admin.put(`/actions/preview-files/${id}/update-annotations`, wrong)).status).toBe(400);
    }
  });
  it('come with their frames as PNG, ZIP and PDF', async () => {
    const picture = await film.published('cup.png', png(20, 20));
    expect((await film.as.admin.get(`/actions/preview-files/${picture.id}/extract-annotated-frames`)).status).toBe(400);
    await film.as.admin.must('PUT', `/actions/preview-files/${picture.id}/update-annotations`, { additions: [at(0, 'a')] });
    const movie = await film.published('take.mp4', await clip());
    await film.as.admin.must('PUT', `/actions/preview-files/${movie.id}/update-annotations`, { additions: [at(0, 'a'), at(0.25, 'b')] });
    const drawn = await film.bytes(`/actions/preview-files/${picture.id}/extract-annotated-frame`);
    expect(drawn.subarray(1, 4).toString()).toBe('PNG');
    expect(drawn.equals(await film.bytes(`/pictures/originals/preview-files/${picture.id}.png`))).toBe(false);
    expect((await film.bytes(`/actions/preview-files/${movie.id}/extract-annotated-frame?frame_number=3`)).subarray(1, 4).toString()).toBe('PNG');
    expect((await film.as.admin.get(`/actions/preview-files/${movie.id}/extract-annotated-frame`)).status).toBe(400);
    const zip = await film.bytes(`/actions/preview-files/${movie.id}/extract-annotated-frames`);
    expect(zip.readUInt16LE(zip.length - 12)).toBe(2);
    expect((await film.bytes(`/actions/preview-files/${movie.id}/extract-annotated-frames-pdf`)).toString('latin1')).toContain('/Count 2');
  });
});

describe('records', () => {
  it('are edited and deleted by managers, with their objects', async () => {
    const { id } = await film.published('cup.png', png(8, 8));
    const edit = (as: any) => as.put(`/data/preview-files/${id}`, { description: 'seen', validation_status: 'validated' });
    expect(await film.statuses(EVERYBODY, edit)).toEqual({ admin: 200, manager: 200, supervisor: 403, artist: 403, unassigned: 403, client: 403, vendor: 403, stranger: 403 });
    expect((await film.as.admin.put(`/data/preview-files/${id}`, { validation_status: 'maybe' })).status).toBe(400);
    expect(await film.statuses(['supervisor', 'artist', 'client', 'stranger'], (as) => as.delete(`/data/preview-files/${id}`))).toEqual({ supervisor: 403, artist: 403, client: 403, stranger: 403 });
    expect((await film.as.manager.delete(`/data/preview-files/${id}`)).status).toBe(204);
    expect((await film.as.admin.get(`/data/preview-files/${id}`)).status).toBe(404);
    await until(async () => !(await film.objects()).some((name) => name.includes(id)));
  });
  it('are taken from their comment by who works on the task', async () => {
    const { id, comment } = await film.published('cup.png', png(8, 8));
    const path = `/actions/tasks/${film.ids.task}/comments/${comment}/preview-files/${id}`;
    expect(await film.statuses(['unassigned', 'client', 'vendor', 'stranger'], (as) => as.delete(path))).toEqual({ unassigned: 403, client: 403, vendor: 403, stranger: 403 });
    expect((await film.as.artist.delete(path)).status).toBe(204);
  });
  it('go with their comment, and at last their objects', async () => {
    const { id, comment } = await film.published('cup.png', png(8, 8));
    await film.as.admin.delete(`/data/comments/${comment}`);
    await until(async () => (await film.as.admin.get(`/data/preview-files/${id}`)).status === 404);
    await until(async () => !(await film.objects()).some((name) => name.includes(id)));
  });
  it('are created bare by admins', async () => {
    const make = (as: any) => as.post('/data/preview-files', { name: 'bare', task_id: film.ids.assetTask, revision: 90, extension: 'png' });
    expect(await film.statuses(['manager', 'artist', 'client', 'stranger'], make)).toEqual({ manager: 403, artist: 403, client: 403, stranger: 403 });
    expect((await make(film.as.admin)).status).toBe(201);
    expect((await make(film.as.admin)).status).toBe(400);
    expect((await film.as.admin.post('/data/preview-files', { task_id: NOBODY })).status).toBe(400);
    expect((await film.as.admin.get('/data/preview-files/none')).status).toBe(400);
  });
  it('stand by task type in the pages of shots', async () => {
    const found = (await film.as.admin.get(`/data/shots/${film.ids.shot}/preview-files`)).body;
    const revisions = found[film.ids.forShots!].map((p: any) => p.revision);
    expect(revisions.length).toBeGreaterThan(3);
    expect(revisions).toEqual([...new Set(revisions)].sort((a: any, b: any) => b - a));
    expect(found[film.ids.forShots!].some((p: any) => p.previews.length === 2)).toBe(true);
  });
});
