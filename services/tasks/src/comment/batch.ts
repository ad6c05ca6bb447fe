import { attach, type Paper } from '@shotlog/files/attachment-file/store';
import { makePreviewFile } from '@shotlog/files/preview-file/create-preview-file';
import { receivePreviewFile } from '@shotlog/files/preview-file/update-preview-file';
import { attachmentKey, sourceKey } from '@shotlog/files/storage/keys';
import type { FileResources } from '@shotlog/files/storage/open';
import { checkContent, previewKind, type PreviewKind } from '@shotlog/files/upload/kinds';
import { extensionOf, receive, type Incoming } from '@shotlog/files/upload/receive';
import { sweepUploads } from '@shotlog/files/upload/sweep-uploads';
import { Invalid, isForm, isId, newId, NotFound, only, pathId, selectList, sql, rendered, textArray, type Context, type QueryContext } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import { previewShape } from '../neighbours.ts';
import { existingProject, existingTask } from '../task/task.queries.ts';
import { commentTask } from './comment-task.ts';
import { commentAnswer } from './comment.queries.ts';
import { mayUpload } from './form.ts';

type Preview = { id: string; source_key: string; kind: PreviewKind; extension: string; original_name: string; file_size: number };
/** A file of a form, and which of its comments it belongs to. */
type Arrived = { comment: number; key: string } & ({ preview: Preview } | { paper: Paper });
/** More comments than this are sent in several requests, and more files. */
const MOST = 500;
const MOST_FILES = 200;
/** Where the file of an id may lie, as an attachment or as a preview. */
const keysOf = (id: string): string[] => [attachmentKey(id), sourceKey(id, id)];

const take = async (incoming: Incoming, storage: FileResources['storage'], id: string): Promise<Arrived> => {
  const [, what, n] = /^(preview_file|attachment_file)-(\d{1,4})/.exec(incoming.field) ?? [];
  const extension = extensionOf(incoming.name);
  const found = sniff(incoming.firstBytes);
  const kind = what === 'preview_file' ? previewKind(extension) : null;
  if (kind !== null) checkContent(extension, kind, found);
  const key = kind === null ? attachmentKey(id) : sourceKey(id, id);
  const contentType = found?.contentType ?? 'application/octet-stream';
  const { size_bytes } = await storage.put(key, incoming.body, { contentType });
  const comment = n === undefined ? -1 : Number(n);
  if (kind === null) return { comment, key, paper: { id, name: incoming.name, extension: extension.slice(0, 6), size: size_bytes, mimetype: contentType } };
  return { comment, key, preview: { id, source_key: key, kind, extension: kind === 'movie' ? 'mp4' : kind === 'picture' ? 'png' : extension, original_name: incoming.name.replace(/\.[^.]*$/, '') || incoming.name, file_size: size_bytes } };
};

/** `ids` are for the files, in order; those that a file was received under go into `taken`. */
const entriesOf = async (c: QueryContext, ids: string[], taken: string[]): Promise<{ entries: any[]; files: Arrived[] }> => {
  const { storage, limits } = { storage: c.resource<FileResources['storage']>('storage'), limits: c.resource<FileResources['limits']>('limits') };
  const form = isForm(c.request.headers);
  const next = (): string => {
    const id = ids[taken.length]!;
    taken.push(id);
    return id;
  };
  const { files, fields } = form ? await receive(c.request, (incoming) => take(incoming, storage, next()), { maxBytes: limits.UPLOAD_MAX_BYTES, maxFiles: MOST_FILES })
    : { files: [] as Arrived[], fields: { comments: c.request.stream ? await new Response(c.request.stream as BodyInit).text() : '' } };
  const given = parsed(fields.comments ?? '');
  const entries = Array.isArray(given) ? given : (given as any)?.comments;
  if (!Array.isArray(entries)) throw new Invalid('comments must be a list.');
  if (entries.length > MOST) throw new Invalid(`At most ${MOST} comments in one request.`);
  return { entries, files };
};
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Invalid('comments is not JSON.');
  }
};

/** A preview of a comment: in the comment's own revision of the task, the next one when the comment has none yet. */
const publish = async (c: Context, task: Record<string, any>, comment_id: string, preview: Preview): Promise<void> => {
  await c.settled();
  const row = await c.db.one(sql`select max(revision) filter (where comment_id = ${comment_id})::int as own, coalesce(max(revision), 0)::int as last, (count(*) filter (where comment_id = ${comment_id}))::int as n
    from preview_of_comment where task_id = ${task.id}`);
  const revision: number = row!.own ?? row!.last + 1;
  const position = row!.own === null ? 1 : row!.n + 1;
  const name = position === 1 ? `${task.id.slice(0, 8)}-${revision.toString(16).padStart(4, '0')}` : preview.id.slice(0, 13);
  const { id, kind, ...file } = preview;
  await c.runAsSystem(makePreviewFile, { preview_file_id: id, project_id: task.project_id, entity_id: task.entity_id, task_type_id: task.task_type_id, comment_id,
    values: { name, revision, position, source: 'webgui', extension: 'mp4', status: 'processing', task_id: task.id, person_id: c.caller.id } }, `make ${id}`);
  await c.runAsSystem(receivePreviewFile, { preview_file_id: id, ...file, kind, status: kind === 'file' ? 'ready' : 'processing' }, `receive ${id}`);
};

const untilReady = async (c: Context, ids: string[], wait_ms: number): Promise<void> => {
  const end = Date.now() + wait_ms;
  for (let pause = 20; ids.length > 0 && Date.now() < end; pause = Math.min(250, pause * 1.5)) {
    if (!(await c.db.one(sql`select 1 from preview_of_comment where id = any(${`{${ids.join(',')}}`}::uuid[]) and status = 'processing'`))) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};

const say = async (c: QueryContext, entry: any, n: number, files: Arrived[], path_task: string | undefined): Promise<{ id: string; previews: string[] }> => {
  const comment_id = c.moment.id(`comment ${n}`);
  const task_id = path_task ?? entry?.task_id ?? entry?.object_id;
  await c.run(commentTask, { task_id, comment_id, body: entry }, `comment ${n}`);
  const own = files.filter((file) => file.comment === n);
  const task = own.length > 0 ? await existingTask(c.db, String(task_id)) : null;
  const papers = own.flatMap((file) => ('paper' in file ? [file.paper] : []));
  const previews = own.flatMap((file) => ('preview' in file ? [file.preview] : []));
  if (task && papers.length > 0) await attach(c, papers, { comment_id, project_id: task.project_id });
  for (const preview of previews) await publish(c, task!, comment_id, preview);
  return { id: comment_id, previews: previews.map((p) => p.id) };
};

/** Refuses who is not on the team of the production, before a byte of the upload is taken. */
const onTeam = async (c: QueryContext): Promise<string> => {
  const id = pathId(c.request, 'project_id');
  await existingProject(c.db, id);
  only.team(c.caller, id);
  return id;
};
/** @throws NotFound (404) unless every comment is on a task of the production. */
const ofProduction = async (c: QueryContext, project_id: string, entries: any[]): Promise<void> => {
  const ids = entries.map((entry) => String(entry?.task_id ?? entry?.object_id));
  const own = await c.db.all(sql`select id from task where project_id = ${project_id} and id = any(${textArray(ids.filter(isId))}::uuid[])`);
  const lost = ids.find((id) => !own.some((row) => row.id === id.toLowerCase()));
  if (lost !== undefined) throw new NotFound('task', lost);
};

/**
 * Several comments in one form, each with its files: fields `preview_file-<comment>-<n>` and `attachment_file-<comment>-<n>`, comments counted from 0.
 * On one task where the path names it, on tasks of one production where the path names that.
 */
export const batchComments = async (c: QueryContext): Promise<unknown> => {
  const path_task = c.request.params.task_id;
  if (path_task !== undefined) await mayUpload(c, path_task);
  const project_id = c.request.params.project_id === undefined ? null : await onTeam(c);
  const ids = Array.from({ length: isForm(c.request.headers) ? MOST_FILES : 0 }, newId);
  const keys = ids.flatMap(keysOf);
  const taken: string[] = [];
  const said: Awaited<ReturnType<typeof say>>[] = [];
  await c.sweptBy(sweepUploads.tasks, { keys }, async () => {
    try {
      const { entries, files } = await entriesOf(c, ids, taken);
      if (project_id !== null) await ofProduction(c, project_id, entries);
      for (const [n, entry] of entries.entries()) said.push(await say(c, entry, n, files, path_task));
      // What belongs to no comment is not kept.
      await removeAll(c, files.filter((file) => file.comment < 0 || file.comment >= entries.length).map((file) => file.key));
    } catch (error) {
      if (taken.length > 0) await c.runAsSystem(sweepUploads.tasks, { keys: taken.flatMap(keysOf) }, 'sweep');
      throw error;
    }
  });
  await c.settled();
  const previews = said.flatMap((s) => s.previews);
  await untilReady(c, previews, c.resource<FileResources['limits']>('limits').PREVIEW_WAIT_MS);
  return Promise.all(said.map(async ({ id, previews: own }) => ({ ...(await commentAnswer(c, id)), previews: [],
    preview_files: JSON.parse((await rendered(c.db, sql`select ${selectList(previewShape, c.caller, false)} from preview_of_comment t where t.id = any(${`{${own.join(',')}}`}::uuid[]) order by t.revision, t.position`)).text) })));
};
const removeAll = (c: QueryContext, keys: string[]) => Promise.all(keys.map((key) => c.resource<FileResources['storage']>('storage').remove(key)));
