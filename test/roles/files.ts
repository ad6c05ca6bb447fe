import { body, comment, none, plain, preview, somebody, task, type Ask, type Asks, type At } from './request.ts';
import { file, PNG, HDR } from './pictures.ts';
import { fresh } from './scene.ts';

const picture = () => file('cup.png', PNG, 'image/png');
const onComment = '/actions/tasks/{task_id}/comments/{comment_id}';
const of = ({ ids }: At) => ({ output_type_id: ids.output_type_id, task_type_id: ids.shot_task_type_id });

const previews: Asks = {
  [`POST ${onComment}/add-preview`]: async (at) => ({ ids: { comment_id: await comment(at) }, body: {} }),
  [`POST ${onComment}/preview-files/{preview_file_id}`]: async (at) => ({ ids: await preview(at), body: {} }),
  [`DELETE ${onComment}/preview-files/{preview_file_id}`]: async (at) => ({ ids: await preview(at), query: '?force=true' }),
  'PUT /actions/preview-files/{preview_file_id}/update-position': body(() => ({ position: 1 })),
  'PUT /actions/preview-files/{preview_file_id}/update-annotations': body(() => ({ additions: [{ time: 0, drawing: { objects: [{ id: 'aaaaaaaa-0000-4000-8000-000000000001', type: 'path', left: 1 }] } }] })),
  'PUT /actions/preview-files/{preview_file_id}/set-main-preview': body(() => ({})),
  'PUT /actions/tasks/{task_id}/set-main-preview': none,
  'PUT /actions/tasks/set-main-preview': body(({ ids }) => ({ task_ids: [ids.task_id] })),
  ...plain('/data/preview-files', () => ({}), {}),
  'POST /data/preview-files': body(async (at) => ({ name: 'shot preview', task_id: await task(at), person_id: at.s.adminId, revision: 1, extension: 'png' })),
  'PUT /data/preview-files/{instance_id}': async (at) => ({ ids: { instance_id: (await preview(at)).preview_file_id }, body: { description: 'seen' } }),
  'DELETE /data/preview-files/{instance_id}': async (at) => ({ ids: { instance_id: (await preview(at)).preview_file_id }, query: '?force=true' }),
  'POST /pictures/preview-files/{instance_id}': async (at) => ({ ids: { instance_id: (await preview(at)).preview_file_id }, body: picture() }),
};

const movie: Ask = ({ ids }) => ({ query: '?frame_number=0', ids: { instance_id: ids.movie_id!, preview_file_id: ids.movie_id! } });
for (const route of ['movies/originals/preview-files/{instance_id}.mp4', 'movies/low/preview-files/{instance_id}.mp4', 'movies/source/preview-files/{instance_id}.mp4',
  'movies/originals/preview-files/{instance_id}/download', 'movies/tiles/preview-files/{instance_id}.png']) previews[`GET /${route}`] = movie;
for (const route of ['extract-frame', 'extract-tile', 'extract-annotated-frame', 'extract-annotated-frames', 'extract-annotated-frames-pdf']) previews[`GET /actions/preview-files/{preview_file_id}/${route}`] = movie;

previews['GET /pictures/preview-background-files/{instance_id}.{extension}'] = () => ({ ids: { extension: 'hdr' } });

const thumbnail = (what: string, ids: (at: At) => Promise<string> | string): Asks => Object.fromEntries(['', '.png'].map((end): [string, Ask] =>
  [`POST /pictures/thumbnails/${what}/{instance_id}${end}`, async (at) => ({ ids: { instance_id: await ids(at) }, body: picture() })]));

const attached = async (at: At) => {
  const comment_id = await comment(at);
  const [made] = await at.admin.must('POST', `/actions/tasks/${at.ids.task_id}/comments/${comment_id}/add-attachment`, file('notes.txt', 'notes', 'text/plain'));
  return { comment_id, attachment_file_id: made.id };
};

const pictures: Asks = {
  ...plain('/data/attachment-files', ({ ids }) => ({ name: `${fresh('notes')}.txt`, size: 12, extension: 'txt', mimetype: 'text/plain', comment_id: ids.comment_id }), { size: 13 }),
  [`POST ${onComment}/add-attachment`]: async (at) => ({ ids: { comment_id: await comment(at) }, body: file('notes.txt', 'notes', 'text/plain') }),
  'DELETE /data/tasks/{task_id}/comments/{comment_id}/attachments/{attachment_file_id}': async (at) => ({ ids: await attached(at) }),
  'POST /pictures/preview-background-files/{instance_id}': body(() => file('sky.hdr', HDR, 'image/vnd.radiance')),
  'POST /pictures/thumbnails/preview-background-files/{instance_id}.png': body(picture),
  ...thumbnail('persons', async (at) => (at.open && at.me.id ? at.me.id : somebody(at))), ...thumbnail('projects', ({ ids }) => ids.project_id!), ...thumbnail('organisations', ({ ids }) => ids.organisation_id!),
};

// None are made, as in Zou.
pictures['GET /pictures/thumbnails/attachment-files/{attachment_file_id}.png'] = () => ({ status: 404 });
// The others may have taken theirs away.
for (const end of ['', '.png']) pictures[`GET /pictures/thumbnails/persons/{instance_id}${end}`] = ({ s }) => ({ ids: { instance_id: s.someone.id } });

const working = (at: At) => ({ name: fresh('main'), task_id: at.ids.task_id, entity_id: at.ids.shot_id, person_id: at.s.adminId, software_id: at.ids.software_id, revision: 1 });
const newWorking = async (at: At): Promise<string> => (await at.admin.must('POST', `/data/tasks/${at.ids.task_id}/working-files/new`, { name: fresh('main'), software_id: at.ids.software_id })).id;
const output = (at: At) => ({ name: fresh('main'), entity_id: at.ids.shot_id, ...of(at), person_id: at.s.adminId, revision: 1, extension: 'abc', file_status_id: at.ids.file_status_id });

const things: Asks = {
  ...plain('/data/softwares', () => ({ name: fresh('Soft'), short_name: fresh('so'), file_extension: 'cr' }), { version: '2' }),
  ...plain('/data/output-types', () => ({ name: fresh('Cache'), short_name: fresh('ca') }), { short_name: 'x' }),
  ...plain('/data/file-status', () => ({ name: fresh('Fine'), color: '#0f0f0f' }), { color: '#111111' }),
  ...plain('/data/preview-background-files', () => ({ name: fresh('Sky') }), { archived: false }),
  ...plain('/data/working-files', working, { comment: 'first' }),
  ...plain('/data/output-files', output, { comment: 'first' }),
  'POST /data/tasks/{task_id}/working-file-path': body(({ ids }) => ({ software_id: ids.software_id, revision: 3 })),
  'POST /data/tasks/{task_id}/working-files/new': body(({ ids }) => ({ name: fresh('main'), software_id: ids.software_id })),
  'PUT /actions/working-files/{working_file_id}/comment': body(() => ({ comment: 'better' })),
  'PUT /actions/working-files/{working_file_id}/modified': none,
  'POST /data/working-files/{working_file_id}/file': async (at) => ({ ids: { working_file_id: await newWorking(at) }, body: file('main.ma', '//Maya', 'application/octet-stream') }),
  'POST /actions/projects/{project_id}/set-file-tree': body(() => ({ tree_name: 'default' })),
  'POST /data/entities/guess-from-path': body(({ ids }) => ({ project_id: ids.project_id, file_path: '/nowhere' })),
  'POST /data/entities/guess_from_path': body(({ ids }) => ({ project_id: ids.project_id, file_path: '/nowhere' })),
  'POST /data/departments/{department_id}/software-licenses': body(({ ids }) => ({ software_id: ids.software_id })),
  'DELETE /data/departments/{department_id}/software-licenses/{software_id}': async ({ admin, ids }) => {
    await admin.must('POST', `/data/departments/${ids.department_id}/software-licenses`, { software_id: ids.spare_software_id });
    return { ids: { software_id: ids.spare_software_id! } };
  },
  'POST /import/kitsu/preview-files': body(({ s, ids }) => [{ id: '0b000000-1111-4000-8000-000000000201', name: 'far', task_id: ids.sequence_task_id, person_id: s.adminId, revision: 3, extension: 'png', status: 'ready', type: 'PreviewFile' }]),
  'POST /import/kitsu/attachment-files': body(({ ids }) => [{ id: '0b000000-1111-4000-8000-000000000202', name: 'far.txt', size: 3, extension: 'txt', mimetype: 'text/plain', comment_id: ids.comment_id, type: 'AttachmentFile' }]),
  'POST /import/shotgun/versions': body(() => []), 'POST /import/shotgun/remove/version': body(() => ({ id: 930099 })),
};
for (const at of ['/data/entities/{entity_id}', '/data/asset-instances/{asset_instance_id}/entities/{temporal_entity_id}']) {
  things[`POST ${at}/output-file-path`] = body((a) => ({ ...of(a), revision: 2, extension: 'abc' }));
  things[`POST ${at}/output-files/new`] = body((a) => ({ name: fresh('main'), ...of(a), representation: 'abc' }));
  things[`POST ${at}/output-files/next-revision`] = body((a) => ({ name: 'main', ...of(a) }));
}

export const filesAsks: Asks = { ...previews, ...pictures, ...things };
