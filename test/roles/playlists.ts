import { file } from './pictures.ts';
import { body, playlist, type Ask, type Asks, type At } from './request.ts';
import { fresh, MARK } from './scene.ts';

const link = ({ admin }: At, id: string): Promise<any> => admin.must('POST', `/data/playlists/${id}/share`, { can_comment: true });
/** A guest of the half's link; of the closed half's there is none. */
const guest = async ({ s }: At): Promise<string> => (await s.guest.client.must('POST', `/shared/playlists/${s.open.ids.token}/guest`, { first_name: 'Gus', last_name: 'Guest', guest_id: s.guest.id || undefined })).id;
const guestSaid = async (at: At) => {
  const guest_id = await guest(at);
  const made = await at.s.guest.client.must('POST', `/shared/playlists/${at.s.open.ids.token}/comments`, { guest_id, task_id: at.s.open.ids.task_id, task_status_id: at.ids.task_status_id, text: MARK });
  return { guest_id, comment_id: made.id as string };
};
const begun = async (at: At) => {
  const playlist_id = await playlist(at);
  return { playlist_id, build_job_id: (await at.admin.must('GET', `/data/playlists/${playlist_id}/build/mp4`)).id as string };
};
const job = async (at: At) => {
  const made = await begun(at);
  for (let n = 0; n < 300 && (await at.admin.must('GET', `/data/playlists/${made.playlist_id}/jobs/${made.build_job_id}`)).status === 'running'; n++) await new Promise((resolve) => setTimeout(resolve, 100));
  return made;
};
const J = '/data/playlists/{playlist_id}/jobs/{build_job_id}';
const S = '/shared/playlists/{token}';

const playlists: Asks = {
  'POST /data/playlists': body(({ ids }) => ({ name: fresh(MARK), project_id: ids.project_id, for_entity: 'shot', shots: [] })),
  'PUT /data/playlists/{instance_id}': async (at) => ({ ids: { instance_id: await playlist(at) }, body: { name: fresh(MARK) } }),
  'DELETE /data/playlists/{instance_id}': async (at) => ({ ids: { instance_id: await playlist(at) } }),
  'POST /actions/playlists/{playlist_id}/add-entity': async (at) => ({ ids: { playlist_id: await playlist(at) }, body: { entity_id: at.ids.shot_id, preview_file_id: at.ids.preview_file_id } }),
  'POST /actions/playlists/{playlist_id}/add-entities': async (at) => ({ ids: { playlist_id: await playlist(at) }, body: { entities: [{ entity_id: at.ids.shot_id, preview_file_id: at.ids.preview_file_id }] } }),
  'POST /data/playlists/{playlist_id}/notify-clients': body(() => ({})),
  'POST /data/projects/{project_id}/playlists/temp': body(({ ids }) => ({ task_ids: [ids.task_id] })),
  [`GET ${J}`]: async (at) => ({ ids: await jobOf(at) }),
  [`GET ${J}/build/mp4`]: async (at) => ({ ids: await jobOf(at) }),
  [`DELETE ${J}`]: async (at) => ({ ids: await begun(at) }),
  'GET /data/playlists/{playlist_id}/build/mp4': async (at) => ({ ids: { playlist_id: await playlist(at) } }),
  'POST /import/kitsu/playlists': body(({ ids }) => [{ id: '0b000000-1111-4000-8000-000000000308', project_id: ids.project_id, name: 'Far list', shots: [], for_entity: 'asset', type: 'Playlist' }]),
  'POST /import/kitsu/build-jobs': body(({ ids }) => [{ id: '0b000000-1111-4000-8000-000000000309', playlist_id: ids.playlist_id, status: 'succeeded', job_type: 'movie', type: 'BuildJob' }]),
  'POST /data/playlists/{playlist_id}/share': body(() => ({ can_comment: true })),
  'DELETE /data/playlists/{playlist_id}/share/{token}': async (at) => ({ ids: { token: (await link(at, at.ids.playlist_id!)).token } }),
  'POST /data/playlists/{playlist_id}/share/{token}/invite': async (at) => ({ ids: { token: (await link(at, at.ids.playlist_id!)).token }, body: { emails: ['gus@roles.studio'], person_ids: [], message: 'Look' } }),
};

/** One job of each half is enough for all who ask for it. */
const jobs = new Map<string, Promise<{ playlist_id: string; build_job_id: string }>>();
const jobOf = (at: At) => {
  const key = at.ids.playlist_id!;
  if (!jobs.has(key)) jobs.set(key, job(at));
  return jobs.get(key)!;
};

/** The closed half of what a guest asks for: what the link's playlist does not show. */
const shown = (more: (at: At) => Record<string, string> = () => ({})): Ask => (at) => ({ ids: { token: at.s.open.ids.token!, preview_file_id: at.open ? at.ids.movie_id! : at.s.closed.ids.movie_id!, ...more(at) } });
const shared: Asks = {
  [`POST ${S}/guest`]: body(() => ({ first_name: 'Gus', last_name: 'Guest' })),
  [`POST ${S}/comments`]: async (at) => ({ ids: { token: at.s.open.ids.token! }, body: { guest_id: await guest(at), task_id: at.ids.task_id, task_status_id: at.ids.task_status_id, text: MARK } }),
  [`PUT ${S}/comments/{comment_id}`]: async (at) => { const { guest_id, comment_id } = await guestSaid(at); return { ids: { token: at.s.open.ids.token!, comment_id: at.open ? comment_id : at.ids.comment_id! }, body: { guest_id, text: MARK } }; },
  [`DELETE ${S}/comments/{comment_id}`]: async (at) => { const { guest_id, comment_id } = await guestSaid(at); return { ids: { token: at.s.open.ids.token!, comment_id: at.open ? comment_id : at.ids.comment_id! }, body: { guest_id } }; },
  [`POST ${S}/comments/{comment_id}/attachments`]: async (at) => {
    const { guest_id, comment_id } = await guestSaid(at);
    return { ids: { token: at.s.open.ids.token!, comment_id: at.open ? comment_id : at.ids.comment_id! }, body: file('notes.txt', 'notes', 'text/plain', { guest_id }) };
  },
  [`DELETE ${S}/comments/{comment_id}/attachments/{attachment_file_id}`]: async (at) => {
    const { guest_id, comment_id } = await guestSaid(at);
    const reply = await at.s.guest.client.must('POST', `/shared/playlists/${at.s.open.ids.token}/comments/${comment_id}/attachments`, file('notes.txt', 'notes', 'text/plain', { guest_id }));
    const attachment_file_id = reply.attachment_files[0].id;
    return { ids: { token: at.s.open.ids.token!, ...(at.open ? { comment_id, attachment_file_id } : { comment_id: at.ids.comment_id!, attachment_file_id: at.ids.attachment_file_id! }) }, body: { guest_id } };
  },
  [`PUT ${S}/annotations`]: async (at) => ({ ids: { token: at.s.open.ids.token! }, body: { guest_id: await guest(at), preview_file_id: at.ids.movie_id, additions: [{ time: 0.2, drawing: { objects: [{ id: 'aaaaaaaa-0000-4000-8000-00000000000a', type: 'path', left: 3 }] } }] } }),
};
for (const route of ['preview-files/{preview_file_id}', 'preview-files/{preview_file_id}/download', 'movies/originals/preview-files/{preview_file_id}.mp4', 'movies/tiles/preview-files/{preview_file_id}.png',
  'pictures/thumbnails/preview-files/{preview_file_id}.png']) shared[`GET ${S}/${route}`] = shown();

for (const end of ['png', '{extension}']) shared[`GET ${S}/pictures/originals/preview-files/{preview_file_id}.${end}`] = ({ s, ids }) => ({ ids: { token: s.open.ids.token!, preview_file_id: ids.preview_file_id! } });
for (const route of ['', '/context', '/comments']) shared[`GET ${S}${route}`] = (at) => ({ ids: { token: at.open ? at.ids.token! : 'none' } });
shared[`GET ${S}/attachment-files/{attachment_file_id}/file/{file_name}`] = ({ s }) => ({ ids: { token: s.open.ids.token! } });

export const playlistsAsks: Asks = { ...playlists, ...shared };
