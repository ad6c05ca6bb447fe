import { allow, command, Invalid, isId, NotFound, oneText, only, rendered, spanning, sql, to, type Caller, type Context, type Db } from '@shotlog/kernel';
import { z } from 'zod';
import { branchOf, pathOf } from '../file-tree/tree.ts';
import { factsOf, thingOf } from '../file-tree/facts.ts';
import { taskRow, type TaskRow } from '../preview-file/preview-file.queries.ts';
import { workingFile } from './working-file.ts';

export type WorkingRow = { id: string; task_id: string | null; project_id: string | null; person_id: string | null; name: string | null; assignees: string[] };
/** @throws NotFound (404). */
export const workingRow = async (db: Db, id: string): Promise<WorkingRow> => {
  const row = isId(id) ? await db.one<WorkingRow>(sql`select w.id, w.task_id, w.project_id, w.person_id, w.name, coalesce(k.assignees::text[], '{}') as assignees
    from working_file w left join task k on k.id = w.task_id where w.id = ${id}`) : null;
  if (!row) throw new NotFound('working file', id.slice(0, 60));
  return row;
};

/** Files of the work are the team's: vendors see and touch those of their own tasks, clients none. */
export const mayWork = (caller: Caller, of: { project_id: string | null; assignees: readonly string[] }): void => {
  if (of.project_id === null) return only.admin(caller);
  only.team(caller, of.project_id);
  const role = caller.roleIn(of.project_id);
  allow(role !== 'client' && (role !== 'vendor' || (caller.id !== null && of.assignees.includes(caller.id))));
};

export const workingJson = async (context: Pick<Context, 'db' | 'caller'>, id: string, relations: boolean): Promise<any> =>
  JSON.parse((await oneText(context.db, workingFile.shape, context.caller, sql`t.id = ${id}`, relations)) ?? 'null');

const Revision = z.preprocess((v) => (v === '' ? null : v), z.coerce.number().int().min(0).max(2_147_483_647).nullish());
const Where = z.object({ task_id: z.string(), mode: z.string().default('working'), name: z.string().max(250).default('main'), revision: Revision, software_id: z.string().nullish(), separator: z.string().max(3).nullish(), sep: z.string().max(3).nullish() });
type Where = z.output<typeof Where> & { task: TaskRow; next: number };

const place = async (c: z.output<typeof Where>, { db, caller }: Context): Promise<Where> => {
  const task = await taskRow(db, c.task_id);
  mayWork(caller, task);
  if (c.software_id && (!isId(c.software_id) || !(await db.one(sql`select 1 from software where id = ${c.software_id}`)))) throw new NotFound('software', c.software_id.slice(0, 60));
  const last = await db.one<{ revision: number | null }>(sql`select max(revision)::int as revision from working_file where task_id = ${task.id} and name = ${c.name}`);
  return { ...c, task, next: c.revision || (last?.revision ?? 0) + 1 };
};

/** Where the next working file of a task goes. @throws Invalid (400) without a file tree, mode or template for it. */
const pathFor = async (c: Where, db: Db): Promise<{ path: string; name: string }> => {
  if (!c.task.entity_id) throw new Invalid('The task belongs to no entity.');
  const thing = await thingOf(db, c.task.entity_id);
  const project = await db.one(sql`select file_tree from project where id = ${thing.project_id}`);
  const branch = branchOf(project?.file_tree, c.mode);
  const facts = await factsOf(db, thing, { name: c.name, revision: c.next, task_type_id: c.task.task_type_id, software_id: c.software_id, task_name: c.name });
  const { folder, name } = pathOf(branch, thing.kind, facts, c.sep ?? c.separator ?? '/');
  return { path: folder, name };
};

export const workingFilePath = spanning({
  subject: 'cmd.files.working-file-path', schema: Where, prepare: place, access: to.teamStaff.but({ vendor: 'filtered' }), policy: (caller, c: Where) => mayWork(caller, c.task), handle: (c: Where, { db }) => pathFor(c, db),
});

const New = Where.extend({ name: z.string().min(1).max(250), comment: z.string().default(''), description: z.string().nullish(), person_id: z.guid().nullish() });
type New = Where & { comment: string; person_id?: string | null };

/** Writes a new working file down: the next revision of its name, or the one asked for. @throws Invalid (400) for a revision that is there. */
export const newWorkingFile = spanning({
  subject: 'cmd.files.new-working-file', schema: New, prepare: async (c, context): Promise<New> => ({ ...c, ...(await place(c, context)) }), access: to.teamStaff.but({ vendor: 'filtered' }), policy: (caller, c: New) => mayWork(caller, c.task),
  handle: async (c: New, context) => {
    if (c.person_id && !(await context.db.one(sql`select 1 from directory_person where id = ${c.person_id}`))) throw new Invalid('There is no such person.');
    const { path, name } = await pathFor(c, context.db);
    await context.runAsSystem(workingFile.commands.create, { working_file_id: context.moment.id('working'), name: c.name, comment: c.comment, revision: c.next, path: `${path}/${name}`.slice(0, 400),
      task_id: c.task.id, entity_id: c.task.entity_id, person_id: c.person_id ?? context.caller.id, software_id: c.software_id || null }, 'create');
  },
  answer: (_, context) => workingJson(context, context.moment.id('working'), false),
});

type Touch = { row: WorkingRow; changes: Record<string, unknown> };
/** Writes down that a working file was changed, with a comment or without. Said again it counts again: the time of the change is told. */
const touch = (subject: string, schema: z.ZodType<{ working_file_id: string; comment?: string }>) => command({
  subject, schema, state: workingFile.commands.update.state as { initial: Record<string, any> | null; evolve: any },
  prepare: async ({ working_file_id, ...changes }, { db }): Promise<Touch> => ({ row: await workingRow(db, working_file_id), changes }),
  access: to.teamStaff.but({ vendor: 'filtered' }), policy: (caller, { row }: Touch) => mayWork(caller, row), stream: ({ row }: Touch) => workingFile.stream(row.id),
  decide: ({ row, changes }: Touch, state) => {
    if (state === null) throw new NotFound('working file', row.id);
    return [workingFile.events.updated({ working_file_id: row.id, project_id: row.project_id, changes })];
  },
  answer: ({ row }: Touch, context: Context) => workingJson(context, row.id, false),
});
export const commentWorkingFile = touch('cmd.files.comment-working-file', z.object({ working_file_id: z.string(), comment: z.string() }));
export const touchWorkingFile = touch('cmd.files.touch-working-file', z.object({ working_file_id: z.string() }));

export const workingList = (db: Db, where: ReturnType<typeof sql>) => rendered(db, sql`select id, created_at, updated_at, shotgun_id, name, description, comment, revision, size, checksum, path, data, task_id, entity_id,
  person_id, software_id, 'WorkingFile' as type from working_file t where ${where} order by t.revision desc, t.log_position desc`);
