import { fieldSchema, Invalid, isId, Removed, route, selectList, spanning, sql, to, type Context, type Fields, type Request, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { attachmentFile } from '../attachment-file/attachment-file.ts';
import { makePreviewFile } from '../preview-file/create-preview-file.ts';
import { previewFileFields } from '../preview-file/preview-file.events.ts';
import { previewJson } from '../preview-file/preview-file.queries.ts';
import { removePreviewFile, settlePreviewFile } from '../preview-file/update-preview-file.ts';
import { PreviewFile } from '../preview-file/preview-file.answers.ts';

const Entries = z.object({ entries: z.array(z.record(z.string(), z.unknown())).max(10_000) });
const input = (request: Request) => ({ entries: request.body });

/** The values of an entry that are fields of ours; what is none of its kind is refused with its name. @throws Invalid (400). */
const valuesOf = (fields: Fields, entry: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).flatMap(([name, field]) => {
  if (entry[name] === undefined) return [];
  const parsed = fieldSchema(name, field).safeParse(entry[name]);
  if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
  return [[name, parsed.data]];
}));

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});

const idOf = (entry: Record<string, unknown>): string => {
  if (!isId(entry.id)) throw new Invalid('Each entry has an id.');
  return entry.id.toLowerCase();
};

const bringPreview = async (entry: Record<string, unknown>, context: Context): Promise<string> => {
  const id = idOf(entry);
  const values = { ...valuesOf(previewFileFields as Fields, entry), data: { ...objectOf(entry.data), imported_only: true } };
  if (await context.db.one(sql`select 1 from preview_file where id = ${id}`)) {
    await context.runAsSystem(settlePreviewFile, { preview_file_id: id, changes: values }, `change-${id}`);
    return id;
  }
  const task = isId(entry.task_id) ? await context.db.one(sql`select id, project_id, entity_id, task_type_id from task where id = ${entry.task_id}`) : null;
  if (entry.task_id && !task) throw new Invalid(`There is no task ${String(entry.task_id).slice(0, 60)}.`);
  await context.runAsSystem(makePreviewFile, { preview_file_id: id, project_id: task?.project_id ?? null, entity_id: task?.entity_id ?? null, task_type_id: task?.task_type_id ?? null, comment_id: null, values }, `make-${id}`);
  return id;
};

/** Brings records of another Kitsu over under their ids; their files come separately. Whoever is no admin brings nothing. */
const importPreviews = spanning({
  subject: 'cmd.files.import-kitsu-preview-files', schema: Entries, access: to.signedIn,
  handle: async ({ entries }, context) => {
    if (!context.caller.isAdmin) return [];
    const ids = [];
    for (const entry of entries) ids.push(await bringPreview(entry, context));
    await context.settled();
    return Promise.all(ids.map((id) => previewJson(context, id, false)));
  },
});

const importAttachments = spanning({
  subject: 'cmd.files.import-kitsu-attachment-files', schema: Entries, access: to.signedIn,
  handle: async ({ entries }, context) => {
    if (!context.caller.isAdmin) return [];
    const { project_id: _project, id: _id, created_at: _c, updated_at: _u, log_position: _l, ...fields } = attachmentFile.table.fields;
    const ids: string[] = [];
    for (const entry of entries) {
      const id = idOf(entry);
      const values = valuesOf(fields, entry);
      if (await context.db.one(sql`select 1 from attachment_file where id = ${id}`)) await context.run(attachmentFile.commands.update, { id, changes: values }, `change-${id}`);
      else await context.run(attachmentFile.commands.create, { attachment_file_id: id, ...values }, `make-${id}`);
      ids.push(id);
    }
    await context.settled();
    return Promise.all(ids.map((id) => context.db.one(sql`select ${selectList(attachmentFile.shape, context.caller, false)} from attachment_file t where t.id = ${id}`)));
  },
});

/** Numbers of Shotgun, as they are kept. */
const Numbered = z.coerce.number().int().min(-2_147_483_647).max(2_147_483_647);
const Version = z.object({ id: Numbered, code: z.string().nullish(), description: z.string().nullish(), user: z.object({ id: Numbered }).loose().nullish(),
  sg_task: z.object({ id: Numbered }).loose().nullish(), sg_uploaded_movie: z.object({ url: z.string().nullish(), name: z.string().nullish() }).loose().nullish() }).loose();

const bringVersion = async (version: z.infer<typeof Version>, context: Context): Promise<string> => {
  const task = version.sg_task ? await context.db.one(sql`select id, project_id, entity_id, task_type_id from task where shotgun_id = ${version.sg_task.id}`) : null;
  const [person] = version.user ? await context.fetchFrom('auth', `GET /data/persons|{}?shotgun_id=${version.user.id}`) as { id: string }[] : [];
  const values = { name: version.code?.slice(0, 250) ?? null, description: version.description ?? null, source: 'Shotgun', shotgun_id: version.id, person_id: person?.id ?? null, task_id: task?.id ?? null,
    uploaded_movie_url: version.sg_uploaded_movie?.url?.slice(0, 600) ?? null, uploaded_movie_name: version.sg_uploaded_movie?.name?.slice(0, 150) ?? null };
  const known = await context.db.one<{ id: string }>(sql`select id from preview_file where shotgun_id = ${version.id}`);
  const id = known?.id ?? context.moment.id(`version-${version.id}`);
  if (known) await context.runAsSystem(settlePreviewFile, { preview_file_id: id, changes: { ...values, task_id: undefined } }, `change-${id}`);
  else await context.runAsSystem(makePreviewFile, { preview_file_id: id, project_id: task?.project_id ?? null, entity_id: task?.entity_id ?? null, task_type_id: task?.task_type_id ?? null, comment_id: null, values }, `make-${id}`);
  return id;
};

/** Brings Shotgun versions over as previews of their tasks; the same version again is brought up to date. */
const importVersions = spanning({
  subject: 'cmd.files.import-shotgun-versions', schema: z.object({ entries: z.array(Version).max(10_000) }), access: to.admins,
  handle: async ({ entries }, context) => {
    const ids = [];
    for (const version of entries) ids.push(await bringVersion(version, context));
    await context.settled();
    return Promise.all(ids.map((id) => previewJson(context, id, false)));
  },
});

const removeVersion = spanning({
  subject: 'cmd.files.remove-shotgun-version', schema: z.object({ id: Numbered }), access: to.admins,
  handle: async ({ id }, context) => {
    const known = await context.db.one<{ id: string }>(sql`select id from preview_file where shotgun_id = ${id}`);
    if (!known) return { success: true };
    await context.runAsSystem(removePreviewFile, { preview_file_id: known.id }, 'remove');
    return { success: true, removed_instance_id: known.id };
  },
});

/** What comes over from other trackers. */
export const importRoutes: Route[] = [
  route({ method: 'post', path: '/import/kitsu/preview-files', summary: 'Bring preview files of another Kitsu', body: z.array(z.looseObject({ id: z.guid() })), answers: { 200: z.array(PreviewFile) }, status: 200, command: importPreviews, input }),
  route({ method: 'post', path: '/import/kitsu/attachment-files', summary: 'Bring attachments of another Kitsu', body: z.array(z.looseObject({ id: z.guid() })), answers: { 200: z.array(attachmentFile.answer) }, status: 200, command: importAttachments, input }),
  route({ method: 'post', path: '/import/shotgun/versions', summary: 'Bring versions of Shotgun', body: z.array(Version), answers: { 200: z.array(PreviewFile) }, status: 200, command: importVersions, input }),
  route({ method: 'post', path: '/import/shotgun/remove/version', summary: 'Remove a version that came from Shotgun', answers: { 200: Removed }, status: 200, command: removeVersion }),
];
