import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilmStudio, form, NOBODY, until, type Role } from '../testing.ts';

const EVERYBODY: Role[] = ['admin', 'manager', 'supervisor', 'artist', 'unassigned', 'client', 'vendor', 'stranger'];
const WORKS = { admin: 200, manager: 200, supervisor: 200, artist: 200, unassigned: 200, client: 403, vendor: 403, stranger: 403 };
let film: FilmStudio;
let maya: string, cache: string;
beforeAll(async () => {
  film = await FilmStudio.start();
  maya = (await film.as.admin.must('POST', '/data/softwares', { name: 'Maya', short_name: 'may', file_extension: 'ma' })).id;
  cache = (await film.as.admin.must('POST', '/data/output-types', { name: 'Cache', short_name: 'cch' })).id;
  expect((await film.as.artist.post(`/data/tasks/${film.ids.task}/working-file-path`, {})).status).toBe(400);
  await film.as.manager.must('POST', `/actions/projects/${film.ids.project}/set-file-tree`, { tree_name: 'simple' });
});
afterAll(() => film?.stop());

const created = (statuses: Record<string, number>) => Object.fromEntries(Object.entries(statuses).map(([role, status]) => [role, status === 200 ? 201 : status]));
const make = (body: object = {}, as: Role = 'artist') => film.as[as].post(`/data/tasks/${film.ids.task}/working-files/new`, { name: 'main', software_id: maya, ...body });

describe('file trees', () => {
  it('are given by managers, from those that there are', async () => {
    const set = (as: any, body: object) => as.post(`/actions/projects/${film.ids.project}/set-file-tree`, body);
    expect(await film.statuses(EVERYBODY, (as) => set(as, { tree_name: 'simple' }))).toEqual({ ...WORKS, supervisor: 403, artist: 403, unassigned: 403 });
    expect((await set(film.as.admin, { tree_name: 'forest' })).status).toBe(400);
    expect((await set(film.as.admin, {})).status).toBe(400);
    expect((await film.as.admin.post(`/actions/projects/${NOBODY}/set-file-tree`, { tree_name: 'simple' })).status).toBe(404);
  });
  it('tell where files go and what paths belong to', async () => {
    const { body } = await film.as.artist.post(`/data/tasks/${film.ids.task}/working-file-path`, { name: 'Lay Out', revision: 12 });
    expect(body.path).toMatch(/^\/studio\/productions\/film\/shots\/sq01\/sh010\/[a-z_]+$/);
    expect(body.name).toMatch(/^film_sq01_sh010_[a-z_]+_lay_out_v012$/);
    const guess = (as: Role) => film.as[as].post('/data/entities/guess-from-path', { project_id: film.ids.project, file_path: body.path });
    expect((await guess('artist')).body).toContainEqual({ Project: film.ids.project, Sequence: film.ids.sequence, Shot: film.ids.shot, TaskType: film.ids.forShots, Template: 'shot' });
    expect((await guess('stranger')).status).toBe(403);
    expect((await film.as.artist.post('/data/entities/guess_from_path', {})).status).toBe(400);
    expect((await film.as.artist.post(`/data/tasks/${film.ids.task}/working-file-path`, { mode: 'parking' })).status).toBe(400);
  });
});

describe('working files', () => {
  it('count their revisions by name, and take each once', async () => {
    const revisions = [];
    for (const body of [{}, {}, { name: 'cloth' }, { revision: 7 }, {}]) revisions.push((await make(body)).body.revision);
    expect(revisions).toEqual([1, 2, 1, 7, 8]);
    expect((await make({ revision: 7 })).status).toBe(400);
    expect((await make({ name: undefined })).status).toBe(400);
    expect((await make({ software_id: NOBODY })).status).toBe(404);
    const last = (await film.as.artist.get(`/data/tasks/${film.ids.task}/working-files/last-revisions`)).body;
    expect([last.main.revision, last.cloth.revision]).toEqual([8, 1]);
    expect((await film.as.artist.get(`/data/entities/${film.ids.shot}/working-files?name=cloth`)).body).toMatchObject([{ name: 'cloth', person_id: film.persons.artist }]);
  });
  it('are the work of the team: not of clients, of vendors only on their tasks', async () => {
    const { id } = (await make({ name: 'rights' })).body;
    for (const path of [`/data/working-files/${id}`, `/data/files/${id}`, `/data/tasks/${film.ids.task}/working-files`]) expect(await film.statuses(EVERYBODY, (as) => as.get(path)), path).toEqual(WORKS);
    expect(await film.statuses(EVERYBODY, (as) => as.post(`/data/tasks/${film.ids.task}/working-files/new`, { name: 'rights' }))).toEqual(created(WORKS));
    for (const [path, body] of [[`/actions/working-files/${id}/comment`, { comment: 'better' }], [`/actions/working-files/${id}/modified`, {}]] as const) {
      expect(await film.statuses(EVERYBODY, (as) => as.put(path, body)), path).toEqual(WORKS);
    }
    expect((await film.as.artist.put(`/actions/working-files/${id}/comment`, {})).status).toBe(400);
    expect(await film.statuses(['supervisor', 'artist', 'client', 'stranger'], (as) => as.delete(`/data/working-files/${id}`))).toEqual({ supervisor: 403, artist: 403, client: 403, stranger: 403 });
  });
  it('carry the file itself', async () => {
    const { id } = (await make({ name: 'file' })).body;
    const path = `/data/working-files/${id}/file`;
    expect((await film.as.artist.get(path)).status).toBe(404);
    expect(await film.statuses(EVERYBODY, (as) => as.post(path, form({ file: ['main.ma', '//Maya ASCII'] })))).toEqual(created(WORKS));
    const answer = await film.fetch(path);
    expect([answer.headers.get('content-type'), answer.headers.get('content-disposition'), await answer.text()]).toEqual(['application/octet-stream', "inline; filename=\"file.ma\"; filename*=UTF-8''file.ma", '//Maya ASCII']);
    expect((await film.as.artist.post(path, form({ file: ['main.ma', 'MZ\x90'] }))).status).toBe(400);
    expect((await film.as.manager.delete(`/data/working-files/${id}`)).status).toBe(403);
    await film.as.admin.delete(`/data/working-files/${id}`);
    await until(async () => !(await film.objects()).some((name) => name.includes(id)));
  });
});

describe('output files', () => {
  const out = () => `/data/entities/${film.ids.shot}/output-files`;
  const add = (body: object = {}, as: Role = 'artist') => film.as[as].post(`${out()}/new`, { name: 'main', output_type_id: cache, task_type_id: film.ids.forShots, representation: 'abc', ...body });
  it('count their revisions, take each once and say where they go', async () => {
    const first = (await add({ extension: '.abc', nb_elements: 25 })).body;
    expect(first).toMatchObject({ revision: 1, person_id: film.persons.artist, type: 'OutputFile' });
    expect(first.path).toBe(`${first.folder_path}/${first.file_name}.abc`);
    expect(first.file_name).toMatch(/_v001_\[1-25\]$/);
    expect([(await add()).body.revision, (await add({ revision: 9 })).body.revision]).toEqual([2, 9]);
    expect((await add({ revision: 9 })).status).toBe(400);
    expect((await film.as.artist.post(`${out()}/next-revision`, { name: 'main', output_type_id: cache, task_type_id: film.ids.forShots })).body).toEqual({ next_revision: 10 });
    expect((await film.as.artist.get(`${out()}/last-revisions`)).body.map((o: any) => o.revision)).toEqual([9]);
    expect((await film.as.artist.get(`/data/entities/${film.ids.shot}/output-types`)).body).toMatchObject([{ id: cache }]);
    expect((await film.as.artist.get(`${out()}?output_type_id=${NOBODY}`)).body).toEqual([]);
  });
  it('of the same revision at once come only once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => add({ name: 'race', revision: 1 })));
    expect(answers.map((a) => a.status).sort()).toEqual([201, 400, 400, 400]);
  });
  it('are refused for what is not there or not said', async () => {
    const statuses = [];
    for (const body of [{ output_type_id: undefined }, { output_type_id: NOBODY }, { task_type_id: NOBODY }, { person_id: NOBODY }, { file_status_id: NOBODY }]) statuses.push((await add(body)).status);
    expect(statuses).toEqual([400, 400, 404, 400, 400]);
    expect((await film.as.artist.get(`/data/entities/${NOBODY}/output-files`)).status).toBe(404);
  });
  it('are the team\'s, and keep what they were made of from being deleted', async () => {
    const { id } = (await add({ name: 'rights' })).body;
    for (const path of [`/data/output-files/${id}`, out()]) expect(await film.statuses(['admin', 'artist', 'client', 'stranger'], (as) => as.get(path)), path).toEqual({ admin: 200, artist: 200, client: 403, stranger: 403 });
    expect(await film.statuses(['client', 'stranger'], (as) => as.post(`${out()}/new`, { output_type_id: cache, task_type_id: film.ids.forShots }))).toEqual({ client: 403, stranger: 403 });
    expect(await film.statuses(['admin', 'manager', 'artist', 'stranger'], (as) => as.get(`/data/projects/${film.ids.project}/output-files`))).toEqual({ admin: 200, manager: 200, artist: 403, stranger: 403 });
    expect((await film.as.admin.delete(`/data/output-types/${cache}`)).status).toBe(400);
    const type = (name: string, short_name: string) => film.as.admin.post('/data/output-types', { name, short_name });
    expect([(await type('Other cache', 'cch')).status, (await type('Cache', 'other')).status], 'types share a short name, but no name').toEqual([201, 400]);
    expect((await film.as.admin.delete(`/data/softwares/${maya}`)).status).toBe(400);
  });
});

describe('software licences', () => {
  it('are given to departments by admins', async () => {
    const [department] = (await film.as.admin.get('/data/departments')).body;
    const path = `/data/departments/${department.id}/software-licenses`;
    expect(await film.statuses(EVERYBODY, (as) => as.post(path, { software_id: maya }))).toMatchObject({ admin: 201, manager: 403, artist: 403, client: 403 });
    expect((await film.as.admin.get('/data/departments/software-licenses')).body[department.id]).toMatchObject([{ id: maya, name: 'Maya' }]);
    expect((await film.as.admin.get(`${path}/${maya}`)).body).toMatchObject({ name: 'Maya' });
    expect((await film.as.admin.delete(`${path}/${maya}`)).status).toBe(204);
    expect((await film.as.admin.get('/data/departments/software-licenses')).body).toEqual({});
    expect((await film.as.admin.post(path, { software_id: NOBODY })).status).toBe(404);
    expect((await film.as.admin.post(path, {})).status).toBe(400);
  });
});
