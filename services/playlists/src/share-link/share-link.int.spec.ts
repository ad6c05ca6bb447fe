import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClip } from '@shotlog/media/testing';
import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const NOBODY = '11111111-2222-4333-8444-555555555555';
let studio: Studio;
let admin: Client, nobody: Client, supervisor: Client, artist: Client, client: Client;
let folder: string;
let p: string, ok: string, inside: string, task: string, otherTask: string, movie: string, hidden: string, playlist: string, shot: string;

const publish = async (of: string, name: string, content: Buffer, type: string): Promise<string> => {
  const { id } = await admin.must('POST', `/actions/tasks/${of}/comment`, { task_status_id: ok, comment: name });
  const preview = (await admin.must('POST', `/actions/tasks/${of}/comments/${id}/add-preview`)).id;
  const form = new FormData();
  form.append('file', new File([new Uint8Array(content)], name, { type }));
  await admin.must('POST', `/pictures/preview-files/${preview}`, form);
  return preview;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotlog-share-'));
  studio = await startStudio();
  [admin, nobody] = [await studio.signIn(), studio.nobody];
  ok = (await admin.must('POST', '/data/task-status', { name: 'Shown', short_name: 'shown', color: '#00ff00', is_client_allowed: true })).id;
  inside = (await admin.must('POST', '/data/task-status', { name: 'Inside', short_name: 'inside', color: '#ff0000', is_client_allowed: false })).id;
  const [type, other] = [await admin.must('POST', '/data/task-types', { name: 'Review', for_entity: 'Shot', color: '#445566' }), await admin.must('POST', '/data/task-types', { name: 'Layout b', for_entity: 'Shot', color: '#445566' })];
  p = (await admin.must('POST', '/data/projects', { name: 'Shared film', fps: '25', resolution: '320x180' })).id;
  for (const { id } of [type, other]) await admin.must('POST', `/data/projects/${p}/settings/task-types`, { task_type_id: id });
  const sequence = await admin.must('POST', `/data/projects/${p}/sequences`, { name: 'SQ' });
  shot = (await admin.must('POST', `/data/projects/${p}/shots`, { name: 'SH010', sequence_id: sequence.id, nb_frames: 25 })).id;
  task = (await admin.must('POST', `/actions/projects/${p}/task-types/${type.id}/shots/create-tasks`, [shot]))[0].id;
  otherTask = (await admin.must('POST', `/actions/projects/${p}/task-types/${other.id}/shots/create-tasks`, [shot]))[0].id;
  const bytes = await readFile(await makeClip(join(folder, 'one.mp4')));
  movie = await publish(task, 'one.mp4', bytes, 'video/mp4');
  hidden = await publish(otherTask, 'two.mp4', bytes, 'video/mp4');
  playlist = (await admin.must('POST', '/data/playlists', { project_id: p, name: 'For review', shots: [{ entity_id: shot, preview_file_id: movie }] })).id;
  const person = async (role: string) => {
    const { id } = await admin.must('POST', '/data/persons', { first_name: role, last_name: 'Share', email: `${role}@share.studio`, password: `${role}password`, role });
    await admin.must('POST', `/data/projects/${p}/team`, { person_id: id });
    return studio.signIn(`${role}@share.studio`, `${role}password`);
  };
  [supervisor, artist, client] = [await person('supervisor'), await person('user'), await person('client')];
}, 90_000);
afterAll(async () => {
  await studio?.stop();
  await rm(folder, { recursive: true, force: true });
});

const share = (body: object = {}) => admin.must('POST', `/data/playlists/${playlist}/share`, body);
const guestOf = async (token: string, body: object = { first_name: 'Gus' }) => (await nobody.must('POST', `/shared/playlists/${token}/guest`, body)).id;

describe('sharing a playlist', () => {
  it('answers a link with a token that stands in no event and no table', async () => {
    const link = await share();
    expect(link).toMatchObject({ playlist_id: playlist, can_comment: true, has_password: false, is_active: true, expiration_date: null, token: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const facts = await studio.running.services.get('playlists')!.log.read(`share_link-${link.id}`);
    expect(facts.map((e) => e.type)).toEqual(['ShareLinkCreated']);
    expect(JSON.stringify(facts.map((e) => [e.data, e.metadata]))).not.toContain(link.token.slice(32));
    expect((await admin.get(`/data/playlists/${playlist}/share`)).body).toContainEqual(link);
  });

  it('is for who manages the production', async () => {
    const { token } = await share();
    for (const who of [supervisor, artist, client]) {
      expect((await who.post(`/data/playlists/${playlist}/share`)).status).toBe(403);
      expect((await who.get(`/data/playlists/${playlist}/share`)).status).toBe(403);
      expect((await who.post(`/data/playlists/${playlist}/share/${token}/invite`, { emails: ['a@b.co'] })).status).toBe(403);
      expect((await who.delete(`/data/playlists/${playlist}/share/${token}`)).status).toBe(403);
    }
    expect((await nobody.post(`/data/playlists/${playlist}/share`)).status).toBe(401);
  });

  it('refuses bad input', async () => {
    const bad = async (body: unknown) => (await admin.post(`/data/playlists/${playlist}/share`, body)).status;
    expect([await bad({ expiration_date: 'tomorrow' }), await bad({ can_comment: 'maybe' }), await bad({ password: 7 }), await bad([])]).toEqual([400, 400, 400, 400]);
    expect((await admin.post(`/data/playlists/${NOBODY}/share`)).status).toBe(404);
    expect((await admin.delete(`/data/playlists/${playlist}/share/oops`)).status).toBe(404);
  });

  it('opens to nobody once it is revoked, over or locked, and says no more than that', async () => {
    const [revoked, over, locked] = [await share(), await share({ expiration_date: '2001-01-01' }), await share({ password: 'sesame' })];
    expect((await nobody.get(`/shared/playlists/${revoked.token}`)).status).toBe(200);
    expect((await admin.delete(`/data/playlists/${playlist}/share/${revoked.token}`)).body).toMatchObject({ is_active: false });
    expect((await admin.delete(`/data/playlists/${playlist}/share/${revoked.token}`)).status).toBe(200);
    const forged = revoked.token.slice(0, 63) + (revoked.token.endsWith('0') ? '1' : '0');
    for (const token of [revoked.token, over.token, locked.token, forged, NOBODY, 'x'.repeat(64)]) {
      for (const path of ['', '/context', '/comments', `/preview-files/${movie}`, `/movies/originals/preview-files/${movie}.mp4`]) expect((await nobody.get(`/shared/playlists/${token}${path}`)).status).toBe(404);
      expect((await nobody.post(`/shared/playlists/${token}/guest`, { first_name: 'x' })).status).toBe(404);
    }
    expect((await nobody.get(`/shared/playlists/${locked.token}?password=open`)).status).toBe(404);
    expect((await nobody.get(`/shared/playlists/${locked.token}?password=sesame`)).body.name).toBe('For review');
    const links = (await admin.get(`/data/playlists/${playlist}/share`)).body;
    expect(links.map((l: any) => l.id)).not.toContain(revoked.id);
    expect(JSON.stringify(links)).not.toContain('sesame');
  });

  it('sends the link by mail', async () => {
    const { token } = await share();
    const sent = await admin.must('POST', `/data/playlists/${playlist}/share/${token}/invite`, { emails: ['guest@far.studio'], message: 'Have a <b>look</b>' });
    expect(sent).toEqual({ sent: ['guest@far.studio'] });
    const mails = join(studio.dataDir, 'mails');
    const texts = await Promise.all((await readdir(mails)).map((file) => readFile(join(mails, file), 'utf8')));
    const mail = texts.find((text) => text.includes('guest@far.studio'))!.replace(/=\r?\n/g, '');
    expect(mail).toContain(token);
    expect(mail.slice(mail.indexOf('text/html'))).toContain('Have a &lt;b&gt;look&lt;/b&gt;');
    for (const email of ['no address', 'a@b\r\nBcc: x@y.z', 'a@b,c@d']) expect((await admin.post(`/data/playlists/${playlist}/share/${token}/invite`, { emails: [email] })).status).toBe(400);
    expect((await admin.post(`/data/playlists/${playlist}/share/${token}/invite`, {})).body).toEqual({ sent: [] });
  });
});

describe('a guest', () => {
  it('comes in under a name, again as the same, and signs in nowhere', async () => {
    const { token, id } = await share();
    const first = await nobody.post(`/shared/playlists/${token}/guest`, { first_name: 'Gus', last_name: 'Guest' });
    expect([first.status, first.body]).toMatchObject([201, { full_name: 'Gus Guest', role: 'client', is_guest: true, data: { share_link_id: id }, email: expect.stringMatching(/^guest-[0-9a-f]{8}@guest\.kitsu$/) }]);
    const again = await nobody.post(`/shared/playlists/${token}/guest`, { guest_id: first.body.id });
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    expect((await nobody.post(`/shared/playlists/${(await share()).token}/guest`, { guest_id: first.body.id })).body.id).not.toBe(first.body.id);
    expect((await nobody.post(`/shared/playlists/${token}/guest`, { guest_id: 'oops' })).status).toBe(400);
    expect((await nobody.post('/auth/login', { email: first.body.email, password: 'x' })).status).toBe(400);
    expect((await admin.post('/data/persons', { first_name: 'No', last_name: 'Guest', email: 'no@guest.studio', is_guest: true })).body.is_guest).toBe(false);
  });

  it('sees the playlist, its movies and nothing else', async () => {
    const at = `/shared/playlists/${(await share()).token}`;
    const { body } = await nobody.get(at);
    expect(body).toMatchObject({ name: 'For review', project_name: 'Shared film', project_fps: '25', shots: [{ name: 'SH010', parent_name: 'SQ', preview_file_id: movie, preview_file_task_type_name: 'Review', task_status_color: '#00ff00' }] });
    expect(JSON.stringify(body)).not.toContain(hidden);
    expect((await nobody.get(`${at}/context`)).body).toMatchObject({ project: { name: 'Shared film', team: [] }, entities: [{ name: 'SH010' }] });
    for (const path of [`/movies/originals/preview-files/${movie}.mp4`, `/movies/tiles/preview-files/${movie}.png`, `/pictures/originals/preview-files/${movie}.png`, `/pictures/thumbnails/preview-files/${movie}.png`, `/preview-files/${movie}`]) {
      expect((await nobody.get(at + path)).status).toBe(200);
      expect((await nobody.get(at + path.replace(movie, hidden))).status).toBe(403);
      expect((await nobody.get(at + path.replace(movie, NOBODY))).status).toBe(404);
      expect((await nobody.get(at + path.replace(movie, 'oops'))).status).toBe(404);
    }
    const part = await nobody.get(`${at}/movies/originals/preview-files/${movie}.mp4`, { range: 'bytes=0-9' });
    expect([part.status, part.headers.get('content-length')]).toEqual([206, '10']);
    expect((await nobody.get(`${at}/preview-files/${movie}/download`)).headers.get('content-disposition')).toContain('shared_film_sq_sh010_review_v1.mp4');
    for (const path of ['/data/persons', `/data/projects/${p}`, `/data/playlists/${playlist}`, `/data/preview-files/${movie}`]) expect((await nobody.get(path)).status).toBe(401);
  });

  it('comments, changes and takes back what they said', async () => {
    const at = `/shared/playlists/${(await share()).token}`;
    const guest_id = await guestOf(at.slice(18));
    const said = await nobody.post(`${at}/comments`, { guest_id, task_id: task, task_status_id: ok, text: 'Lovely' });
    expect([said.status, said.body]).toMatchObject([201, { text: 'Lovely', for_client: false, person: { id: guest_id, is_guest: true }, task_status: { id: ok } }]);
    expect((await nobody.put(`${at}/comments/${said.body.id}`, { guest_id, text: 'Lovely indeed' })).body).toMatchObject({ text: 'Lovely indeed', editor_id: guest_id });
    const texts = async () => (await nobody.get(`${at}/comments`)).body.map((c: any) => c.text);
    expect(await texts()).toEqual(['Lovely indeed']);
    await admin.must('POST', `/actions/tasks/${task}/comment`, { task_status_id: ok, comment: 'For clients', for_client: true });
    expect(await texts()).toEqual(['For clients', 'Lovely indeed']);
    expect((await nobody.get(`${at}/comments`)).body[0].person).not.toHaveProperty('email');
    expect((await admin.get(`/data/tasks/${task}/comments`)).body.map((c: any) => c.text)).toContain('Lovely indeed');
    expect((await nobody.delete(`${at}/comments/${said.body.id}`, { guest_id })).status).toBe(204);
    expect(await texts()).toEqual(['For clients']);
  });

  it('is refused what is not theirs', async () => {
    const at = `/shared/playlists/${(await share()).token}`;
    const [guest_id, other] = [await guestOf(at.slice(18)), await guestOf(at.slice(18), { first_name: 'Olga' })];
    const stranger = await guestOf((await share()).token);
    const say = async (body: object) => (await nobody.post(`${at}/comments`, { guest_id, task_id: task, task_status_id: ok, text: 'x', ...body })).status;
    expect([await say({ task_status_id: inside }), await say({ task_status_id: NOBODY }), await say({ task_id: otherTask }), await say({ task_id: NOBODY }), await say({ guest_id: stranger }), await say({ guest_id: NOBODY }), await say({ task_id: 'oops' })])
      .toEqual([400, 404, 403, 403, 403, 403, 400]);
    expect((await nobody.post(`${at}/comments`, { guest_id })).body.data.errors.map((e: any) => e.field)).toEqual(['task_id', 'task_status_id']);
    const { id } = (await nobody.post(`${at}/comments`, { guest_id, task_id: task, task_status_id: ok, text: 'mine' })).body;
    const theirs = (await admin.must('POST', `/actions/tasks/${task}/comment`, { task_status_id: ok, comment: 'studio' })).id;
    for (const [comment, by] of [[id, other], [id, stranger], [theirs, guest_id]]) {
      expect((await nobody.put(`${at}/comments/${comment}`, { guest_id: by, text: 'y' })).status).toBe(403);
      expect((await nobody.delete(`${at}/comments/${comment}`, { guest_id: by })).status).toBe(403);
    }
    expect((await nobody.put(`${at}/comments/${NOBODY}`, { guest_id, text: 'y' })).status).toBe(404);
    expect((await nobody.put(`${at}/comments/${id}`, { text: 'y' })).status).toBe(400);
    for (const bad of [{ text: 'a\0b' }, { checklist: 'x' }, { checklist: [{ checked: true }] }]) expect((await nobody.put(`${at}/comments/${id}`, { guest_id, ...bad })).status).toBe(400);
  });

  it('only looks where a link is for looking', async () => {
    const at = `/shared/playlists/${(await share({ can_comment: false })).token}`;
    const guest_id = await guestOf(at.slice(18));
    expect((await nobody.post(`${at}/comments`, { guest_id, task_id: task, task_status_id: ok, text: 'x' })).status).toBe(403);
    expect((await nobody.put(`${at}/annotations`, { guest_id, preview_file_id: movie, additions: [] })).status).toBe(403);
    expect((await nobody.get(`${at}/comments`)).status).toBe(200);
  });

  it('draws upon what the playlist shows', async () => {
    const at = `/shared/playlists/${(await share()).token}`;
    const guest_id = await guestOf(at.slice(18));
    const additions = [{ time: 0.2, drawing: { objects: [{ id: 'aaaaaaaa-0000-4000-8000-00000000000a', type: 'path' }] } }];
    const draw = (body: object) => nobody.put(`${at}/annotations`, { guest_id, preview_file_id: movie, additions, ...body });
    expect((await draw({})).body).toMatchObject({ id: movie, annotations: additions });
    expect((await nobody.get(at)).body.shots[0].preview_file_annotations).toEqual(additions);
    expect([(await draw({ preview_file_id: hidden })).status, (await draw({ guest_id: NOBODY })).status, (await draw({ preview_file_id: 'oops' })).status, (await draw({ additions: 'x' })).status]).toEqual([403, 403, 400, 400]);
  });

  it('puts files beside their comments', async () => {
    const at = `/shared/playlists/${(await share()).token}`;
    const guest_id = await guestOf(at.slice(18));
    const { id } = (await nobody.post(`${at}/comments`, { guest_id, task_id: task, task_status_id: ok, text: 'with a file' })).body;
    const form = (who: string) => {
      const made = new FormData();
      made.append('guest_id', who);
      made.append('file', new File(['note'], 'note.txt', { type: 'text/plain' }));
      return made;
    };
    const added = await nobody.post(`${at}/comments/${id}/attachments`, form(guest_id));
    expect([added.status, added.body]).toMatchObject([201, { id, attachment_files: [{ name: 'note.txt', size: 4 }] }]);
    const file = added.body.attachment_files[0].id;
    expect((await nobody.get(`${at}/attachment-files/${file}/file/note.txt`)).body).toBe('note');
    expect((await nobody.get(`${at}/attachment-files/${NOBODY}/file/note.txt`)).status).toBe(404);
    expect((await nobody.post(`${at}/comments/${id}/attachments`, form(NOBODY))).status).toBe(403);
    expect((await nobody.send('DELETE', `${at}/comments/${id}/attachments/${file}?guest_id=${guest_id}`)).status).toBe(204);
    expect((await nobody.get(`${at}/attachment-files/${file}/file/note.txt`)).status).toBe(404);
  });
});

describe('taking a playlist away', () => {
  it('exports it with who said what, and when in the time zone of the studio', async () => {
    const reply = await admin.get(`/export/csv/playlists/${playlist}`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const lines = String(reply.body).split('\r\n');
    expect(lines[0]).toMatch(/^Playlist;Shared film \| for shots;For review;\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d;;;$/);
    expect(lines[2]).toBe('Entity name;Nb Frames;Task Type;Retake count;Revision;Task Status;Last comment author;Last comment date;Last comment');
    expect(lines[3]).toMatch(/^SQ \/ SH010;25;Review;0;1;Shown;[^;]+;\d{4}-\d\d-\d\dT[\d:]+;.+$/);
    expect((await supervisor.get(`/export/csv/playlists/${playlist}`)).status).toBe(200);
    for (const who of [artist, client]) expect((await who.get(`/export/csv/playlists/${playlist}`)).status).toBe(403);
    expect((await admin.get(`/export/csv/playlists/${NOBODY}`)).status).toBe(404);
  });

  it('packs its files under names that tell what they show', async () => {
    const twice = await admin.must('POST', '/data/playlists', { project_id: p, name: 'Été / 2', shots: [{ entity_id: shot, preview_file_id: movie }, { entity_id: shot, preview_file_id: movie }, { entity_id: shot, preview_file_id: hidden }] });
    const response = await fetch(`${studio.base}/data/playlists/${twice.id}/download/zip`, { headers: { authorization: `Bearer ${admin.token}` } });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(response.headers.get('content-disposition')).toContain('shared_film_ete_2.zip');
    // Entries of the central directory: signature PK\x01\x02, the name's length at 28, the name at 46 (APPNOTE.TXT 4.3.12).
    const names: string[] = [];
    for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 46, 'latin1')) names.push(bytes.subarray(at + 46, at + 46 + bytes.readUInt16LE(at + 28)).toString());
    expect(names).toEqual(['shared_film_sq_sh010_review_v1.mp4', 'shared_film_sq_sh010_review_v1_2.mp4', 'shared_film_sq_sh010_layout_b_v1.mp4']);
    for (const who of [artist, client]) expect((await who.get(`/data/playlists/${twice.id}/download/zip`)).status).toBe(403);
    expect((await admin.get(`/data/playlists/${NOBODY}/download/zip`)).status).toBe(404);
  });
});

describe('playlists of another Kitsu', () => {
  it('come in with their ids, once', async () => {
    const id = 'cccccccc-1111-4000-8000-000000000001';
    const far = { id, project_id: p, name: 'Far', shots: [], for_entity: 'shot', type: 'Playlist' };
    expect(await admin.must('POST', '/import/kitsu/playlists', [far])).toMatchObject([{ id, name: 'Far', created_by: null }]);
    expect(await admin.must('POST', '/import/kitsu/playlists', [{ ...far, name: 'Far again' }])).toMatchObject([{ id, name: 'Far again' }]);
    const job = { id: 'cccccccc-1111-4000-8000-000000000002', playlist_id: id, status: 'succeeded', job_type: 'movie' };
    expect(await admin.must('POST', '/import/kitsu/build-jobs', [job])).toMatchObject([job]);
    expect((await artist.post('/import/kitsu/playlists', [far])).body).toEqual([]);
    expect((await admin.post('/import/kitsu/playlists', [{ id }])).status).toBe(400);
    expect((await admin.post('/import/kitsu/playlists', {})).status).toBe(400);
    expect((await admin.post('/import/kitsu/build-jobs', [{ ...job, id: 'cccccccc-1111-4000-8000-000000000003', playlist_id: NOBODY }])).status).toBe(400);
  });
});
