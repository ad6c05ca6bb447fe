import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilmStudio, form, NOBODY, png, until, type Role } from '../testing.ts';

const EVERYBODY: Role[] = ['admin', 'manager', 'supervisor', 'artist', 'unassigned', 'client', 'vendor', 'stranger'];
let film: FilmStudio;
beforeAll(async () => { film = await FilmStudio.start(); });
afterAll(() => film?.stop());

const attach = (comment: string, files: FormData, as: Role = 'artist') => film.as[as].post(`/actions/tasks/${film.ids.task}/comments/${comment}/add-attachment`, files);
const attached = async (comment: string, name = 'notes.txt', bytes: string | Buffer = 'Slower') => (await attach(comment, form({ file: [name, bytes] }))).body[0].id as string;

describe('attachments of comments', () => {
  it('are added by the author, several at once, and come back as they were', async () => {
    const comment = await film.comment();
    const { status, body } = await attach(comment, form({ 'file-1': ['../../notes.txt', 'Slower'], 'file-2': ['b.png', png(4, 4)] }));
    expect(status).toBe(201);
    expect(body).toEqual([{ id: expect.any(String), name: 'notes.txt', extension: 'txt', size: 6 }, { id: expect.any(String), name: 'b.png', extension: 'png', size: png(4, 4).length }]);
    const answer = await film.fetch(`/data/attachment-files/${body[0].id}/file/whatever.txt`);
    expect([answer.headers.get('content-disposition'), await answer.text()]).toEqual(["inline; filename=\"notes.txt\"; filename*=UTF-8''notes.txt", 'Slower']);
    expect((await film.as.admin.get(`/data/attachment-files/${body[0].id}`)).body).toMatchObject({ comment_id: comment, comment: { id: comment, text: 'look' }, mimetype: 'text/plain', type: 'AttachmentFile' });
    await until(async () => (await film.as.admin.get(`/data/tasks/${film.ids.task}/comments`)).body.find((c: any) => c.id === comment).attachment_files.length === 2);
  });
  it('come with a comment in one form', async () => {
    const made = await film.as.artist.must('POST', `/actions/tasks/${film.ids.task}/comment`, form({ file: ['c.txt', 'C'] }, { task_status_id: film.ids.status!, comment: 'with file' }));
    expect(made.attachment_files).toMatchObject([{ name: 'c.txt', extension: 'txt', size: 1 }]);
    expect((await film.bytes(`/data/attachment-files/${made.attachment_files[0].id}/file/c.txt`)).toString()).toBe('C');
  });
  it('are nothing when the form holds nothing', async () => expect(await attach(await film.comment(), form({}, { a: 'b' }))).toMatchObject({ status: 201, body: [] }));
  it('are refused from others, and for what is not there', async () => {
    const comment = await film.comment();
    expect(await film.statuses(EVERYBODY, (as) => as.post(`/actions/tasks/${film.ids.task}/comments/${comment}/add-attachment`, form({ file: ['a.txt', 'a'] })))).toEqual({
      admin: 201, manager: 201, supervisor: 403, artist: 201, unassigned: 403, client: 403, vendor: 403, stranger: 403 });
    expect((await attach(NOBODY, form({ file: ['a.txt', 'a'] }))).status).toBe(404);
  });
  it('are seen by the team, by clients where they are meant, by vendors on their tasks', async () => {
    const [plain, shared] = [await attached(await film.comment()), (await attach(await film.comment({ for_client: true }, 'manager'), form({ file: ['a.txt', 'a'] }), 'manager')).body[0].id];
    const team = { admin: 200, manager: 200, supervisor: 200, artist: 200, unassigned: 200, vendor: 403, stranger: 403 };
    for (const path of [`/data/attachment-files/${plain}`, `/data/attachment-files/${plain}/file/a.txt`]) expect(await film.statuses(EVERYBODY, (as) => as.get(path)), path).toEqual({ ...team, client: 403 });
    expect(await film.statuses(EVERYBODY, (as) => as.get(`/data/attachment-files/${shared}/file/a.txt`))).toEqual({ ...team, client: 200 });
    for (const path of ['/data/attachment-files', `/data/tasks/${film.ids.task}/attachment-files`, `/data/projects/${film.ids.project}/attachment-files`]) {
      expect(await film.statuses(EVERYBODY, (as) => as.get(path)), path).toEqual({ admin: 200, manager: 403, supervisor: 403, artist: 403, unassigned: 403, client: 403, vendor: 403, stranger: 403 });
    }
    expect((await film.studio.nobody.get(`/data/attachment-files/${plain}/file/a.txt`)).status).toBe(401);
  });
  it('that browsers would run are shut in a sandbox', async () => {
    const answer = await film.fetch(`/data/attachment-files/${await attached(await film.comment(), 'page.html', '<script>alert(1)</script>')}/file/page.html`);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    await answer.arrayBuffer();
  });
  it('are taken away by their author, with the bytes', async () => {
    const comment = await film.comment();
    const id = await attached(comment);
    const path = (c: string) => `/data/tasks/${film.ids.task}/comments/${c}/attachments/${id}`;
    expect(await film.statuses(['unassigned', 'client', 'vendor', 'stranger'], (as) => as.delete(path(comment)))).toEqual({ unassigned: 403, client: 403, vendor: 403, stranger: 403 });
    expect((await film.as.admin.delete(path(await film.comment()))).status).toBe(404);
    expect((await film.as.artist.delete(path(comment))).status).toBe(204);
    expect((await film.as.admin.get(`/data/attachment-files/${id}`)).status).toBe(404);
    await until(async () => !(await film.objects()).some((name) => name.includes(id)));
  });
  it('go with their comment', async () => {
    const comment = await film.comment();
    const id = await attached(comment);
    await film.as.admin.delete(`/data/comments/${comment}`);
    await until(async () => (await film.as.admin.get(`/data/attachment-files/${id}`)).status === 404);
    await until(async () => !(await film.objects()).some((name) => name.includes(id)));
  });
});
