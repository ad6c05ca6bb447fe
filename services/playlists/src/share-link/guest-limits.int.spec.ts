import { FilmStudio, NOBODY, png } from '@shotlog/files/testing';
import { objectNames } from '@shotlog/test/s3';
import type { Client } from '@shotlog/test/studio';
import { inDatabase } from '@shotlog/test/truth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let film: FilmStudio;
let nobody: Client;
let playlist: string;
beforeAll(async () => {
  film = await FilmStudio.start({ GUEST_UPLOAD_MAX_BYTES: '100000', GUEST_FILES_PER_COMMENT: '3', GUEST_FILES_PER_LINK: '5' });
  nobody = film.studio.nobody;
  await film.as.admin.must('PUT', `/data/task-status/${film.ids.status}`, { is_client_allowed: true });
  const { id } = await film.published('frame.png', png(16, 9));
  playlist = (await film.as.admin.must('POST', '/data/playlists', { project_id: film.ids.project, name: 'For review', shots: [{ entity_id: film.ids.shot, preview_file_id: id }] })).id;
}, 60_000);
afterAll(() => film?.stop());

const share = (body: object = {}) => film.as.admin.must('POST', `/data/playlists/${playlist}/share`, body);
const guestOf = async (token: string) => (await nobody.must('POST', `/shared/playlists/${token}/guest`, { first_name: 'Gus' })).id;

describe('what guests send', () => {
  const files = (guest_id: string, count: number, bytes = 4) => {
    const made = new FormData();
    made.append('guest_id', guest_id);
    for (let n = 0; n < count; n++) made.append('file', new File([Buffer.alloc(bytes, 97)], `note${n}.txt`, { type: 'text/plain' }));
    return made;
  };
  const begin = async () => {
    const at = `/shared/playlists/${(await share()).token}`;
    const guest_id = await guestOf(at.slice(18));
    const comment = async () => (await nobody.must('POST', `${at}/comments`, { guest_id, task_id: film.ids.task, task_status_id: film.ids.status, text: 'with files' })).id;
    return { guest_id, comment, send: async (comment_id: string, form: FormData) => (await nobody.post(`${at}/comments/${comment_id}/attachments`, form)).status,
      attached: async () => (await nobody.must('GET', `${at}/comments`)).flatMap((c: any) => c.attachment_files).length };
  };

  it('is limited in size: nothing is left of a file that is too large', async () => {
    const { guest_id, comment, send } = await begin();
    const before = (await objectNames(film.studio.config)).length;
    const id = await comment();
    expect([await send(id, files(guest_id, 1, 100_001)), await send(id, files(guest_id, 1, 100_000))]).toEqual([413, 201]);
    expect((await objectNames(film.studio.config)).length).toBe(before + 1);
  });

  it('is limited in number, beside a comment and by the link in all', async () => {
    const { guest_id, comment, send, attached } = await begin();
    const [one, two] = [await comment(), await comment()];
    const before = await attached();
    expect([await send(one, files(guest_id, 4)), await send(one, files(guest_id, 2)), await send(one, files(guest_id, 2)), await send(one, files(guest_id, 1)), await send(one, files(guest_id, 1))]).toEqual([400, 201, 400, 201, 400]);
    expect([await send(two, files(guest_id, 3)), await send(two, files(guest_id, 2)), await send(await comment(), files(guest_id, 1))]).toEqual([400, 201, 400]);
    expect(await attached()).toBe(before + 5);
  });

  it('is limited when it comes all at once', async () => {
    const { guest_id, comment, send, attached } = await begin();
    const id = await comment();
    const before = [await attached(), (await objectNames(film.studio.config)).length];
    const sent = await Promise.all(Array.from({ length: 8 }, () => send(id, files(guest_id, 1))));
    expect(sent.sort()).toEqual([201, 201, 201, 400, 400, 400, 400, 400]);
    expect([await attached(), (await objectNames(film.studio.config)).length]).toEqual(before.map((n) => n + 3));
  });

  it('is refused beside comments that are not theirs, before a byte is read', async () => {
    const { guest_id, send } = await begin();
    const theirs = (await film.as.admin.must('POST', `/actions/tasks/${film.ids.task}/comment`, { task_status_id: film.ids.status, comment: 'studio' })).id;
    expect([await send(theirs, files(guest_id, 1)), await send(NOBODY, files(guest_id, 1)), await send('oops', files(guest_id, 1))]).toEqual([403, 404, 404]);
  });
});

describe('the password of a link', () => {
  const open = (token: string, password?: string) => nobody.get(`/shared/playlists/${token}/context${password === undefined ? '' : `?password=${password}`}`);
  const guess = async (token: string, count: number, at_once = false) => {
    const guesses = Array.from({ length: count }, (_, n) => () => open(token, `guess${n}`));
    const replies = at_once ? await Promise.all(guesses.map((ask) => ask())) : [];
    if (!at_once) for (const ask of guesses) replies.push(await ask());
    return replies.map((reply) => reply.status).sort();
  };
  /** As if the minute were over. */
  const later = (id: string) => inDatabase(film.studio.embedded.databaseUrl, [`update playlists_private.share_link_password set last_failed = last_failed - interval '61 seconds' where share_link_id = '${id}'`]);

  it('is locked against guessing: after five wrong ones even the right one waits a minute', async () => {
    const { token, id } = await share({ password: 'sesame' });
    for (let n = 0; n < 8; n++) expect((await open(token)).status, 'no password is no guess').toBe(404);
    expect(await guess(token, 7)).toEqual([404, 404, 404, 404, 404, 429, 429]);
    const refused = await open(token, 'sesame');
    expect([refused.status, refused.body]).toMatchObject([429, { error: true, message: expect.stringContaining('minute') }]);
    expect((await nobody.post(`/shared/playlists/${token}/guest?password=sesame`, { first_name: 'x' })).status).toBe(429);
    await later(id);
    expect(await guess(token, 2), 'one more, and it is locked again').toEqual([404, 429]);
    await later(id);
    expect((await open(token, 'sesame')).status).toBe(200);
    expect(await guess(token, 6), 'the right one begins anew').toEqual([404, 404, 404, 404, 404, 429]);
  });

  it('is locked against many guesses at once', async () => {
    const { token } = await share({ password: 'sesame' });
    expect(await guess(token, 30, true)).toEqual([...Array(5).fill(404), ...Array(25).fill(429)]);
  });

  it('goes on for who knew it, and opens for many requests at once', async () => {
    const [{ token }, other] = [await share({ password: 'sesame' }), await share({ password: 'sesame' })];
    expect((await Promise.all(Array.from({ length: 20 }, () => open(token, 'sesame')))).map((reply) => reply.status)).toEqual(Array(20).fill(200));
    await guess(token, 6);
    expect([(await open(token, 'sesame')).status, (await open(other.token, 'sesame')).status]).toEqual([200, 200]);
  });
});
