import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { film, NOBODY, type Film } from '../entity/studio.fixture.ts';

let studio: Studio;
let f: Film;
let short: string;
const form = (text: string, name = 'table.csv', fields: Record<string, string> = {}) => {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  body.set('file', new Blob([text]), name);
  return body;
};
const send = (path: string, text: string, as: Client = f.admin) => as.post(`/import/csv/projects/${path}`, form(text));
const names = async (path: string) => (await f.admin.must('GET', path)).map((e: any) => e.name).sort();

beforeAll(async () => {
  studio = await startStudio();
  f = await film(studio, 'Imports');
  short = (await f.admin.must('POST', '/data/projects', { name: 'Short', fps: '25' })).id;
  const anim = (await f.admin.must('POST', '/data/task-types', { name: 'Import anim', for_entity: 'Shot', color: '#112233' })).id;
  await f.admin.must('POST', `/data/projects/${short}/settings/task-types`, { task_type_id: anim });
  await f.admin.must('POST', `/data/projects/${short}/metadata-descriptors`, { entity_type: 'Shot', name: 'Lens', data_type: 'string' });
}, 60_000);
afterAll(() => studio.stop());

describe('a table of shots', () => {
  it('makes shots with sequences, frames, own fields and tasks', async () => {
    const reply = await send(`${short}/shots`, 'Sequence,Name,Description,Nb Frames,Frame In,Frame Out,FPS,Lens,Import anim,Import anim comment\nSQ1,SH1,First,48,1,48,25,35mm,wip,started\nSQ1,SH2,,24,,,,,,\n');
    expect(reply).toMatchObject({ status: 201, body: [{ name: 'SH1', nb_frames: 48, data: { frame_in: 1, frame_out: 48, fps: '25', lens: '35mm' } }, { name: 'SH2' }] });
    const [task] = await f.admin.must('GET', `/data/shots/${reply.body[0].id}/tasks`);
    expect((await f.admin.must('GET', `/data/tasks/${task.id}/comments`))[0]).toMatchObject({ text: 'started' });
    expect(await f.admin.must('GET', `/data/shots/${reply.body[1].id}/tasks`)).toHaveLength(1);
  });
  it('leaves those that are there alone, and changes them with update=true', async () => {
    expect((await send(`${short}/shots`, 'Sequence;Name;Nb Frames\nSQ1;SH1;50\n')).body).toMatchObject([{ nb_frames: 48 }]);
    expect((await send(`${short}/shots?update=true`, 'Sequence;Name;Nb Frames\nSQ1;SH1;50\n')).body).toMatchObject([{ nb_frames: 50, data: { lens: '35mm' } }]);
  });
  it.each([
    ['a number that is none', 'Sequence,Name,Nb Frames\nSQ9,SH8,1\nSQ9,SH9,many\n', 3], ['a missing column', 'Name\nSH9\n', 2], ['an empty name', 'Sequence,Name\nSQ9,SH8\nSQ9,\n', 3],
    ['an unknown status', 'Sequence,Name,Import anim\nSQ9,SH9,nothing\n', 2], ['a name too long', `Sequence,Name\nSQ9,${'x'.repeat(161)}\n`, 2],
  ])('with %s imports nothing and names the line', async (_, text, line_number) => {
    const before = await names(`/data/projects/${short}/shots`);
    expect(await send(`${short}/shots`, text)).toMatchObject({ status: 400, body: { error: true, line_number, imported_rows: 0 } });
    expect([await names(`/data/projects/${short}/shots`), await names(`/data/projects/${short}/sequences`)]).toEqual([before, ['SQ1']]);
  });
  it('needs a file, a production and the right to manage it', async () => {
    expect((await f.admin.post(`/import/csv/projects/${short}/shots`, {})).status).toBe(400);
    expect((await f.admin.post(`/import/csv/projects/${short}/shots`, form(''))).status).toBe(400);
    expect((await send(`${NOBODY}/shots`, 'Sequence,Name\nA,B\n')).status).toBe(404);
    for (const role of ['supervisor', 'user', 'client', 'vendor', 'outsider'] as const) expect([role, (await send(`${f.project}/shots`, 'Episode,Sequence,Name\nE02,A,B\n', f.as[role])).status]).toEqual([role, 403]);
    expect((await send(`${f.project}/shots`, 'Episode,Sequence,Name\nE09,SQ1,SH1\n', f.as.manager)).status).toBe(201);
    expect(await names(`/data/projects/${f.project}/episodes`)).toContain('E09');
  });
});

describe('a form that breaks off', () => {
  it('is refused, and the service lives on', async () => {
    const headers = { authorization: `Bearer ${f.admin.token}`, 'content-type': 'multipart/form-data; boundary=x' };
    const broken = await fetch(`${studio.base}/import/csv/projects/${short}/shots`, { method: 'POST', headers, body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nSequence,Na' });
    expect(broken.status).toBe(400);
    expect((await f.admin.get(`/data/projects/${short}/shots`)).status).toBe(200);
  });
});

describe('tables of assets, edits and castings', () => {
  it('make what they name, types and episodes too', async () => {
    expect((await send(`${f.project}/assets`, 'Type,Name,Episode\nImported type,Cup,E02\nImported type,Pan,MP\n')).body).toMatchObject([{ name: 'Cup', source_id: f.episode }, { name: 'Pan', source_id: null }]);
    expect((await send(`${f.project}/edits`, 'Episode,Name\nE02,Reel\n')).body).toMatchObject([{ name: 'Reel', parent_id: f.episode }]);
  });
  it('cast into shots and assets', async () => {
    await send(`${f.project}/shots`, 'Episode,Sequence,Name\nE02,SQ010,SH1\n');
    const [shot] = await f.admin.must('GET', `/data/shots?project_id=${f.project}&sequence_id=${f.sequence}`);
    const header = 'Episode,Parent,Name,Asset Type,Asset,Occurences,Label\n';
    expect((await send(`${f.project}/casting`, `${header}E02,SQ010,SH1,Imported type,Cup,2,fixed\n,Imported type,Cup,Imported type,Pan,,\n`)).status).toBe(201);
    expect(await f.admin.must('GET', `/data/projects/${f.project}/entities/${shot.id}/casting`)).toMatchObject([{ asset_name: 'Cup', nb_occurences: 2, label: 'fixed' }]);
    expect(await send(`${f.project}/casting`, `${header}E02,SQ010,SH1,Imported type,Pan,1,\nE02,SQ010,SH9,Imported type,Pan,1,\n`)).toMatchObject({ status: 400, body: { line_number: 3 } });
    expect(await f.admin.must('GET', `/data/projects/${f.project}/entities/${shot.id}/casting`)).toHaveLength(1);
  });
});

describe('tables out', () => {
  it('hold what tables in take', async () => {
    const { body } = await f.admin.get(`/export/csv/projects/${short}/shots.csv`);
    expect(body.split(/\r?\n/)[0]).toBe('Project;Episode;Sequence;Name;Description;Time Spent;Frames;Frame In;Frame Out;FPS;Lens;Import anim;Assignations');
    expect((await send(`${short}/shots?update=true`, body)).status).toBe(201);
  });
  it('defuse formulas', async () => {
    await f.admin.must('POST', `/data/projects/${short}/sequences`, { name: 'SQ1' });
    await send(`${short}/shots?update=true`, 'Sequence,Name,Description\nSQ1,SH2,"=cmd|x"\n');
    expect((await f.admin.get(`/export/csv/projects/${short}/shots.csv`)).body).toContain("'=cmd|x");
  });
  it('are for the team, but for vendors', async () => {
    expect((await f.as.vendor.get(`/export/csv/projects/${f.project}/assets.csv`)).status).toBe(403);
    expect((await f.as.outsider.get(`/export/csv/projects/${f.project}/casting.csv`)).status).toBe(403);
    expect((await f.as.user.get(`/export/csv/projects/${f.project}/casting.csv?is_shot_casting=true`)).body).toContain('E02;SQ010;SH1;Imported type;Cup;2;fixed');
  });
});

describe('a cut', () => {
  const cut = (name: string, frames: number) => JSON.stringify({ OTIO_SCHEMA: 'Timeline.1', tracks: { OTIO_SCHEMA: 'Stack.1', children: [{ OTIO_SCHEMA: 'Track.1', kind: 'Video', children: [
    { OTIO_SCHEMA: 'Clip.1', name, source_range: { start_time: { value: 10 }, duration: { value: frames } } }] }] } });
  const bring = (text: string, name = 'cut.otio', fields = {}) => f.admin.post(`/import/otio/projects/${short}`, form(text, name, fields));
  it('makes shots, and gives those that are there their new frames', async () => {
    expect((await bring(cut('Short_CQ1-CS1', 24))).body).toMatchObject({ created_shots: [{ name: 'CS1', nb_frames: 24, data: { frame_in: 10, frame_out: 33 }, type: 'Shot' }], updated_shots: [] });
    expect((await bring(cut('CQ1_CS1', 30), 'cut.otio', { naming_convention: '${sequence_name}_${shot_name}' })).body).toMatchObject({ created_shots: [], updated_shots: [{ name: 'CS1', nb_frames: 30 }] });
  });
  it.each([['other names', cut('other', 3), 'cut.otio'], ['broken JSON', '{nothing', 'cut.otio'], ['another kind of file', 'text', 'cut.docx']])('with %s is refused', async (_, text, name) => expect((await bring(text, name)).status).toBe(400));
});

describe('what other servers gave', () => {
  const there = 'dddddddd-1111-4000-8000-00000000000';
  it('comes with its ids from another Kitsu, again and again', async () => {
    const cup = { id: `${there}1`, name: 'Far cup', project_id: short, entity_type_id: f.type, data: { far: true } };
    const pan = { ...cup, id: `${there}2`, name: 'Far pan' };
    expect((await f.admin.post('/import/kitsu/entities', [cup, pan])).body.map((e: any) => e.id)).toEqual([cup.id, pan.id]);
    expect((await f.admin.post('/import/kitsu/entities', [{ ...cup, name: 'Far mug', data: undefined }])).body).toMatchObject([{ name: 'Far mug', data: { far: true } }]);
    const twins = [`${there}9`, `${there}a`].map((id) => ({ id, name: 'E TWIN', project_id: short, entity_type_id: NOBODY, type: 'Episode' }));
    expect((await f.admin.post('/import/kitsu/entities', twins)).body, 'two of one name').toMatchObject([{ name: 'E TWIN' }, { name: 'E TWIN' }]);
    const rename = (id: string, name: string) => f.admin.put(`/data/entities/${id}`, { name });
    expect([(await rename(twins[1]!.id, 'E OTHER')).status, (await rename(twins[1]!.id, 'E TWIN')).status, (await rename(twins[0]!.id, 'E OTHER')).status]).toEqual([200, 400, 400]);
    const shot = { id: `${there}7`, name: 'FAR', project_id: short, entity_type_id: NOBODY, type: 'Shot', created_at: '2020-01-01T10:00:00' };
    expect((await f.admin.post('/import/kitsu/entities', [shot])).body, 'the type of shots of the other studio').toMatchObject([{ name: 'FAR', created_at: '2020-01-01T10:00:00' }]);
    expect((await f.admin.must('GET', `/data/shots/${shot.id}`))).toMatchObject({ type: 'Shot', created_at: '2020-01-01T10:00:00' });
    expect((await f.admin.post('/import/kitsu/entities', [{ ...shot, id: `${there}8`, type: 'Asset' }])).status).toBe(400);
    expect((await f.admin.post('/import/kitsu/entity-links', [{ id: `${there}3`, entity_in_id: cup.id, entity_out_id: pan.id, nb_occurences: 4 }])).body).toMatchObject([{ id: `${there}3`, nb_occurences: 4 }]);
    expect((await f.admin.post('/import/kitsu/entity-links', [{ id: `${there}3`, entity_in_id: pan.id, entity_out_id: cup.id }])).status).toBe(400);
    expect((await f.admin.must('GET', `/data/assets/${cup.id}/casting`))).toMatchObject([{ asset_name: 'Far pan', nb_occurences: 4 }]);
  });
  it('is taken whole or not at all', async () => {
    expect((await f.admin.post('/import/kitsu/entities', [{ id: `${there}5`, name: 'A', project_id: short, entity_type_id: f.type }, { id: `${there}6`, name: 'B', project_id: NOBODY, entity_type_id: f.type }])).status).toBe(400);
    expect((await f.admin.get(`/data/assets/${there}5`)).status).toBe(404);
    expect((await f.admin.post('/import/kitsu/entities', { id: NOBODY })).status).toBe(400);
    expect(await f.as.manager.post('/import/kitsu/entities', [{ id: NOBODY }])).toMatchObject({ status: 200, body: [] });
  });
  it('comes from Shotgun by its numbers', async () => {
    const project = { id: 77, name: 'Short' };
    const [sequence] = await f.admin.must('POST', '/import/shotgun/sequences', [{ id: 701, code: 'GQ1', project }]);
    await f.admin.must('POST', '/import/shotgun/assets', [{ id: 702, code: 'Gun', sg_asset_type: 'Gun props', project }]);
    const [shot] = await f.admin.must('POST', '/import/shotgun/shots', [{ id: 703, code: 'GS1', project, sg_sequence: { id: 701 }, assets: [{ id: 702 }], sg_cut_in: 1, sg_cut_out: 9 }, { id: 704 }]);
    expect(shot).toMatchObject({ name: 'GS1', parent_id: sequence.id, shotgun_id: 703, data: { frame_in: 1, frame_out: 9 } });
    expect((await f.admin.must('GET', `/data/shots/${shot.id}/assets`)).map((a: any) => a.name)).toEqual(['Gun']);
    expect(await f.admin.must('POST', '/import/shotgun/remove/shot', { id: 703 })).toEqual({ success: true, removed_instance_id: shot.id });
    expect(await f.admin.must('POST', '/import/shotgun/remove/shot', { id: 703 })).toEqual({ success: true });
    expect([(await f.as.manager.post('/import/shotgun/shots', [])).status, (await f.admin.post('/import/shotgun/remove/shot', { id: 'x' })).status]).toEqual([403, 400]);
  });
  it('is noted where it could not be taken', async () => {
    const { id } = await f.admin.must('POST', '/import/shotgun/errors', { type: 'Shot', why: 'no code' });
    expect(await f.admin.must('GET', '/import/shotgun/errors')).toMatchObject([{ id, event_data: { why: 'no code' }, source: 'shotgun' }]);
    expect([(await f.as.manager.get('/import/shotgun/errors')).status, (await f.admin.delete(`/import/shotgun/errors/${id}`)).status, (await f.admin.delete(`/import/shotgun/errors/${id}`)).status]).toEqual([403, 204, 404]);
  });
});

describe('the search', () => {
  beforeAll(async () => {
    for (const name of ['Élan', 'The elan', 'Caramélan', 'Elanor']) await f.admin.must('POST', `/data/projects/${f.project}/asset-types/${f.type}/assets/new`, { name });
  });
  const find = async (body: object, as: Client = f.admin) => (await as.must('POST', '/data/search', body)).assets.map((a: any) => a.name);
  it('folds case and accents, and puts what fits best first', async () => expect(await find({ query: 'ELAN' })).toEqual(['Élan', 'Elanor', 'The elan', 'Caramélan']));
  it('finds all words, of the type too', async () => expect(await find({ query: 'élan the' })).toEqual(['The elan']));
  it('answers a part, after others', async () => expect(await find({ query: 'elan', limit: 2, offset: 1 })).toEqual(['Elanor', 'The elan']));
  it('takes signs for what they are', async () => expect([await find({ query: '%' }), await find({ query: '(elan' }), await find({ query: '\\' })]).toEqual([[], [], []]));
  it('finds shots and persons, and only what is asked for', async () => {
    const all = await f.admin.must('POST', '/data/search', { query: 'sh1' });
    expect(all.shots[0]).toMatchObject({ name: 'SH1', type: 'Shot' });
    expect((await f.admin.must('POST', '/data/search', { query: 'supervisor imp' })).persons).toMatchObject([{ full_name: 'supervisor Imports' }]);
    expect(Object.keys(await f.admin.must('POST', '/data/search', { query: 'a', index_names: ['shots'] }))).toEqual(['shots']);
  });
  it('shows nobody what they may not see', async () => expect([await find({ query: 'elan' }, f.as.outsider), await find({ query: 'elan' }, f.as.vendor)]).toEqual([[], []]));
  it.each([['no query', {}, 400], ['a limit of 0', { query: 'a', limit: 0 }, 400], ['an unknown production', { query: 'a', project_id: NOBODY }, 404], ['a NUL', { query: 'a\0' }, 400]])('refuses %s', async (_, body, status) =>
    expect((await f.admin.post('/data/search', body)).status).toBe(status));
});
