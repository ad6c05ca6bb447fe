import { command, Invalid, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import type { FrameThumbnails } from '../media-work/prepare.ts';
import { MainPreviewSet } from './preview-file.events.ts';
import { maySetMain } from './preview-file.policy.ts';
import { previewRow, taskRow, type PreviewRow, type TaskRow } from './preview-file.queries.ts';
import { previewFileState, previewFileStream } from './preview-file.state.ts';

const Main = z.object({ preview_file_id: z.guid(), project_id: z.guid().nullable(), entity_id: z.guid(), entity_kind: z.string().nullable() });
/** Lets a preview stand for its entity. Said again it is a fact again: another preview may have stood there meanwhile. For the system. */
export const markMainPreview = command({
  subject: 'cmd.files.mark-main-preview', schema: Main, state: previewFileState, access: to.system,
  stream: (c) => previewFileStream(c.preview_file_id),
  decide: (c, state) => (state === null ? [] : [MainPreviewSet(c)]),
});

/** The entity as breakdown shows it, under the type that clients of these routes know. */
const entityOf = async (context: Context, entity_id: string): Promise<unknown> =>
  ({ ...(await context.fetchFrom('breakdown', `GET /data/entities/{instance_id}|${JSON.stringify({ instance_id: entity_id })}?relations=false`)), type: 'Entity' });

/** @throws Invalid (400) for a preview of no entity. */
const mark = async (row: PreviewRow, context: Context): Promise<void> => {
  if (!row.entity_id) throw new Invalid('The preview belongs to no entity.');
  const entity = await context.db.one<{ kind: string }>(sql`select kind from entity where id = ${row.entity_id}`);
  await context.runAsSystem(markMainPreview, { preview_file_id: row.id, project_id: row.project_id, entity_id: row.entity_id, entity_kind: entity?.kind ?? null }, `main-${row.id}`);
};

const Frame = z.preprocess((v) => (v === '' ? null : v), z.coerce.number().int().nullish());
type SetMain = PreviewRow & { frame_number?: number | null };

/** Lets a preview stand for its entity; with `frame_number` that picture of the movie, counted from 0. Answers the entity. */
export const setMainPreview = spanning({
  subject: 'cmd.files.set-main-preview', schema: z.object({ preview_file_id: z.string(), frame_number: Frame }),
  prepare: async (c, { db }): Promise<SetMain> => ({ ...(await previewRow(db, c.preview_file_id)), frame_number: c.frame_number }),
  access: to.teamStaff.but({ vendor: 'filtered' }), policy: (caller, row: SetMain) => maySetMain(caller, row),
  handle: async (row: SetMain, context) => {
    if (row.frame_number !== null && row.frame_number !== undefined) {
      if (row.extension !== 'mp4') throw new Invalid('Only movies have frames to choose from.');
      await context.resource<FrameThumbnails>('frameThumbnails')(row, Math.max(0, row.frame_number));
    }
    await mark(row, context);
  },
  answer: (row: SetMain, context) => entityOf(context, row.entity_id!),
});

const lastOf = async (task: TaskRow, context: Context): Promise<PreviewRow | null> => {
  const last = await context.db.one<{ id: string }>(sql`select id from preview_file where task_id = ${task.id} order by revision desc, position, log_position limit 1`);
  return last && previewRow(context.db, last.id);
};

/** Lets a task's last preview stand for its entity. @throws Invalid (400) for a task without previews. */
export const setMainOfTask = spanning({
  subject: 'cmd.files.set-main-preview-of-task', schema: z.object({ task_id: z.string() }),
  prepare: ({ task_id }, { db }): Promise<TaskRow> => taskRow(db, task_id),
  access: to.teamStaff.but({ vendor: 'filtered' }), policy: (caller, task: TaskRow) => maySetMain(caller, task),
  handle: async (task: TaskRow, context) => {
    const row = await lastOf(task, context);
    if (!row) throw new Invalid('The task has no preview that could stand for its entity.');
    await mark(row, context);
  },
  answer: (task: TaskRow, context) => entityOf(context, task.entity_id!),
});

/** The same for many tasks; those without previews are left out of the answer. */
export const setMainOfTasks = spanning({
  subject: 'cmd.files.set-main-preview-of-tasks', schema: z.object({ task_ids: z.array(z.guid()).max(2_000) }),
  prepare: async ({ task_ids }, { db }): Promise<{ tasks: TaskRow[] }> => ({ tasks: await Promise.all([...new Set(task_ids)].map((id) => taskRow(db, id))) }),
  access: to.teamStaff.but({ vendor: 'filtered' }), policy: (caller, { tasks }: { tasks: TaskRow[] }) => tasks.forEach((task) => maySetMain(caller, task)),
  handle: async ({ tasks }: { tasks: TaskRow[] }, context) => {
    for (const task of tasks) {
      const row = await lastOf(task, context);
      if (row) await mark(row, context);
    }
  },
  answer: async ({ tasks }: { tasks: TaskRow[] }, context) => {
    const marked = [];
    for (const task of tasks) if (await lastOf(task, context)) marked.push(await entityOf(context, task.entity_id!));
    return marked;
  },
});
