import { bodySchema, command, Conflict, Invalid, NotFound, only, spanning, sql, to, type Context, type Fields } from '@shotlog/kernel';
import { z } from 'zod';
import { PreviewFileCreated, previewFileFields } from './preview-file.events.ts';
import { mayPublish } from './preview-file.policy.ts';
import { commentRow, previewJson, previewRow, taskRow } from './preview-file.queries.ts';
import { previewFileClaims, previewFileState, previewFileStream, type PreviewFileState } from './preview-file.state.ts';

const Where = z.object({ preview_file_id: z.guid(), project_id: z.guid().nullable(), entity_id: z.guid().nullable(), task_type_id: z.guid().nullable(), comment_id: z.guid().nullable() });
const Make = Where.extend({ values: z.record(z.string(), z.any()) });
type Make = z.infer<typeof Make>;

/** The name that only one preview has: the first of a task's revision. Whoever makes the same revision at the same time sees that it is taken. */
export const revisionName = (task_id: string, revision: number): string => `${task_id.slice(0, 8)}-${revision.toString(16).padStart(4, '0')}`;

/** Writes a new preview file down, as its callers completed it; the names of one task and revision are unique. For the system. */
export const makePreviewFile = command({
  subject: 'cmd.files.make-preview-file', schema: Make, state: previewFileState, creates: true, claims: previewFileClaims,
  access: to.system,
  stream: ({ preview_file_id }) => previewFileStream(preview_file_id),
  decide: ({ values, ...where }: Make, state: PreviewFileState) => (state !== null ? [] : [PreviewFileCreated({ ...withDefaults(values), ...where })]),
  taken: () => new Conflict('This revision was made by somebody else at the same time.'),
});

const withDefaults = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(previewFileFields as Fields).map(([name, field]) => [name, values[name] ?? field.default ?? null]));

const Revision = z.preprocess((v) => (v === '' ? null : v), z.coerce.number('must be a whole number').int('must be a whole number').min(0).max(2_147_483_647).nullish().transform((v) => v ?? null));
/** The revision that a new preview is to have. */
export const Revised = z.object({ revision: Revision.meta({ instead: { type: ['integer', 'null'], minimum: 0, maximum: 2_147_483_647 } }).optional() });
const Publish = z.object({ task_id: z.string(), comment_id: z.string(), beside: z.string().nullish(), revision: Revision });
type Publish = z.output<typeof Publish> & { task: Awaited<ReturnType<typeof taskRow>>; comment: Awaited<ReturnType<typeof commentRow>> };
const ATTEMPTS = 8;

/**
 * Where a new preview goes: the revision that was asked for, else that of the comment's other previews, else the task's next.
 * @throws Invalid (400) for a revision that the task has already, unless it is the comment's own; Conflict when somebody took the next one just now.
 */
const placeOf = async ({ task, comment, revision }: Publish, context: Context): Promise<{ revision: number; position: number }> => {
  const { db } = context;
  const known = await db.one<{ own: number | null; last: number | null }>(sql`select (max(revision) filter (where comment_id = ${comment.id}))::int as own, max(revision)::int as last from preview_file where task_id = ${task.id}`);
  const wanted = revision ?? known!.own ?? (known!.last ?? 0) + 1;
  const there = await db.one<{ n: number; others: boolean }>(sql`select coalesce(max(position), 0)::int as n, coalesce(bool_or(comment_id is distinct from ${comment.id}), false) as others
    from preview_file where task_id = ${task.id} and revision = ${wanted}`);
  if (there!.others && revision === null) throw new Conflict('The next revision was made by somebody else just now.');
  if (there!.others) throw new Invalid(`The task has a revision ${wanted} already. Choose another, or none for the next.`);
  return { revision: wanted, position: there!.n + 1 };
};

/**
 * Adds a preview to a comment: the record, which then waits for its file. Several previews of one comment share a revision.
 * @throws Invalid (400) for a taken revision, NotFound, Forbidden.
 */
export const addPreview = spanning({
  subject: 'cmd.files.add-preview', schema: Publish,
  prepare: async (c, { db, caller }): Promise<Publish> => {
    const task = await taskRow(db, c.task_id);
    only.team(caller, task.project_id);
    const comment = await commentRow(db, task.id, c.comment_id);
    if (!c.beside) return { ...c, task, comment };
    const beside = await previewRow(db, c.beside);
    if (beside.task_id !== task.id) throw new NotFound('preview file', c.beside);
    return { ...c, revision: beside.revision, task, comment };
  },
  access: to.team.but({ vendor: 'filtered' }), policy: (caller, { task, comment }: Publish) => mayPublish(caller, { ...task, person_id: comment.person_id }),
  handle: async (c: Publish, context) => {
    const preview_file_id = context.moment.id('preview');
    for (let attempt = 1; ; attempt++) {
      try {
        const place = await placeOf(c, context);
        const name = place.position === 1 ? revisionName(c.task.id, place.revision) : preview_file_id.slice(0, 13);
        const values = { ...place, name, source: 'webgui', extension: 'mp4', status: 'processing', task_id: c.task.id, person_id: context.caller.id };
        await context.runAsSystem(makePreviewFile, { preview_file_id, project_id: c.task.project_id, entity_id: c.task.entity_id, task_type_id: c.task.task_type_id, comment_id: c.comment.id, values }, `make-${attempt}`);
        return preview_file_id;
      } catch (error) {
        if (!(error instanceof Conflict) || attempt >= ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
      }
    }
  },
  answer: async (_: Publish, context) => previewJson(context, context.moment.id('preview'), true),
});

const Body = bodySchema(previewFileFields as Fields);

/** Creates a bare record, as imports do. @throws Invalid (400) for an unknown task or for values that another one has. */
export const createPreviewFile = spanning({
  subject: 'cmd.files.create-preview-file', schema: Body, access: to.admins,
  handle: async (values: Record<string, any>, context) => {
    const task = values.task_id ? await context.db.one(sql`select id, project_id, entity_id, task_type_id from task where id = ${values.task_id}`) : null;
    if (values.task_id && !task) throw new Invalid(`There is no task ${values.task_id}.`);
    await context.runAsSystem(makePreviewFile, { preview_file_id: context.moment.id('preview'), project_id: task?.project_id ?? null, entity_id: task?.entity_id ?? null, task_type_id: task?.task_type_id ?? null, comment_id: null, values }, 'make')
      .catch((error) => { throw error instanceof Conflict ? new Invalid('There is one with the same values already.') : error; });
  },
  answer: (_, context) => previewJson(context, context.moment.id('preview'), true),
});
