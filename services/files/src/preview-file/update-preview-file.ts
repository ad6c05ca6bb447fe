import { bodySchema, command, Invalid, isId, NotFound, to, type Context, type Fields } from '@shotlog/kernel';
import { z } from 'zod';
import { AnnotationChanges, mergeAnnotations } from './annotations.ts';
import { PreviewFileAdded, PreviewFileAnnotated, PreviewFileDeleted, PreviewFileUpdated, previewFileFields } from './preview-file.events.ts';
import { mayAnnotate, mayEdit, type Belongs } from './preview-file.policy.ts';
import { previewJson, previewRow } from './preview-file.queries.ts';
import { previewFileClaims, previewFileState, previewFileStream, type PreviewFileState } from './preview-file.state.ts';

type State = NonNullable<PreviewFileState>;
const live = (state: PreviewFileState, id: string): State => {
  if (state === null) throw new NotFound('preview file', id);
  return state;
};
const ids = (state: State) => ({ preview_file_id: state.preview_file_id, project_id: state.project_id });
const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const changesOf = (state: State, wanted: Record<string, unknown>) => {
  const now: Record<string, unknown> = { ...state.values, annotations: state.annotations.length > 0 ? state.annotations : null };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== undefined && !same(now[name], value)));
};
const OfOne = z.object({ preview_file_id: z.guid() });

const { task_id: _task, ...editable } = previewFileFields as Fields;
const Body = bodySchema(editable);
const Update = z.object({ preview_file_id: z.string(), changes: z.unknown() });
type Edit = { preview_file_id: string; changes: Record<string, unknown>; of: Belongs };

/** Changes fields of the record; whoever manages the production. The task of a preview never changes. */
export const updatePreviewFile = command({
  subject: 'cmd.files.update-preview-file', schema: Update, state: previewFileState, claims: previewFileClaims,
  prepare: async ({ preview_file_id, changes }, { db, caller }): Promise<Edit> => {
    if (!isId(preview_file_id)) throw new Invalid(`"${preview_file_id.slice(0, 60)}" is no id.`);
    const of = await previewRow(db, preview_file_id);
    mayEdit(caller, of);
    const parsed = Body.safeParse(changes ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    for (const name of ['status', 'validation_status']) if (parsed.data[name] === null) throw new Invalid(`${name} is needed.`);
    return { preview_file_id: of.id, changes: parsed.data, of };
  },
  access: to.teamManagers, policy: (caller, { of }: Edit) => mayEdit(caller, of),
  stream: (c: Edit) => previewFileStream(c.preview_file_id),
  decide: (c: Edit, state) => {
    const changes = changesOf(live(state, c.preview_file_id), c.changes);
    return Object.keys(changes).length === 0 ? [] : [PreviewFileUpdated({ ...ids(state!), changes })];
  },
  taken: () => new Invalid('There is one with the same values already.'),
  answer: (c: Edit, context: Context) => previewJson(context, c.preview_file_id, false),
});

const Settle = OfOne.extend({ changes: z.record(z.string(), z.any()), source_key: z.string().nullish() });
/**
 * Writes down what became of an upload (`status`, sizes) or where a preview stands. For the system; with `source_key` only as long as
 * that upload is the preview's.
 */
export const settlePreviewFile = command({
  subject: 'cmd.files.settle-preview-file', schema: Settle, state: previewFileState, access: to.system,
  stream: (c) => previewFileStream(c.preview_file_id),
  decide: (c, state) => {
    if (state === null || (c.source_key && c.source_key !== state.source_key)) return [];
    const changes = changesOf(state, c.changes);
    return Object.keys(changes).length === 0 ? [] : [PreviewFileUpdated({ ...ids(state), changes })];
  },
});

const Receive = OfOne.extend({ source_key: z.string(), kind: z.enum(['picture', 'movie', 'file']), extension: z.string(), original_name: z.string(), file_size: z.number(), status: z.enum(['processing', 'ready']) });
/** The file of a preview arrived whole. For the system. @throws Invalid (400) when the preview has a file already. */
export const receivePreviewFile = command({
  subject: 'cmd.files.receive-preview-file', schema: Receive, state: previewFileState, access: to.system,
  stream: (c) => previewFileStream(c.preview_file_id),
  decide: (c, state) => {
    const { task_id, comment_id, revision, source_key } = live(state, c.preview_file_id);
    if (source_key !== null) throw new Invalid('This preview has its file already.');
    return [PreviewFileAdded({ ...ids(state!), task_id, comment_id, revision, extension: c.extension, status: c.status, source_key: c.source_key, kind: c.kind,
      changes: { original_name: c.original_name, file_size: c.file_size, extension: c.extension, status: c.status } })];
  },
});

/** The record goes, with `only_empty` unless its file has arrived; its objects are removed by what follows from the fact. For the system. */
export const removePreviewFile = command({
  subject: 'cmd.files.remove-preview-file', schema: OfOne.extend({ only_empty: z.boolean().optional() }), state: previewFileState, access: to.system, claims: previewFileClaims,
  stream: (c) => previewFileStream(c.preview_file_id),
  decide: ({ only_empty }, state) => (state === null || (only_empty && state.source_key !== null) ? [] : [PreviewFileDeleted({ ...ids(state), task_id: state.task_id, comment_id: state.comment_id, source_key: state.source_key })]),
});

type Draw = AnnotationChanges & { preview_file_id: string; of: Belongs };
/** Merges drawings into a preview: what others drew at the same time stays. */
export const updateAnnotations = command({
  subject: 'cmd.files.update-annotations', schema: AnnotationChanges.extend({ preview_file_id: z.string() }), state: previewFileState,
  prepare: async (c, { db }): Promise<Draw> => {
    const of = await previewRow(db, c.preview_file_id);
    return { ...c, preview_file_id: of.id, of };
  },
  access: to.teamSupervisors.but({ client: 'allowed' }), policy: (caller, { of }: Draw) => mayAnnotate(caller, of),
  stream: (c: Draw) => previewFileStream(c.preview_file_id),
  decide: (c: Draw, state, moment) => {
    const { annotations } = live(state, c.preview_file_id);
    const merged = mergeAnnotations(annotations, c);
    return same(merged, annotations) ? [] : [PreviewFileAnnotated({ ...ids(state!), person_id: moment.actor, annotations: merged, updated_at: moment.at.slice(0, 19) })];
  },
  answer: (c: Draw, context: Context) => previewJson(context, c.preview_file_id, false),
});
