import { bodySchema, Invalid, only, spanning, sql, textArray, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { createTask } from './create-task.ts';
import { defaultStatus } from './create-tasks.ts';
import { taskFields } from './task.events.ts';
import { taskAnswer } from './task.queries.ts';

const Body = bodySchema(taskFields).extend({ assignees: z.array(z.guid(), { error: 'assignees must be a list of ids.' }).nullish() });

const checked = async (body: unknown, context: Context): Promise<Record<string, any>> => {
  const project_id = (body as any)?.project_id;
  if (typeof project_id === 'string') only.teamStaff(context.caller, project_id.toLowerCase());
  else only.staff(context.caller);
  const parsed = Body.safeParse(body ?? {}, {});
  if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
  const values: Record<string, any> = parsed.data;
  for (const name of ['project_id', 'task_type_id', 'entity_id']) if (!values[name]) throw new Invalid(`${name} is needed.`, { data: { errors: [{ field: name, message: 'needed' }] } });
  if (values.difficulty != null && (values.difficulty < 1 || values.difficulty > 5)) throw new Invalid('difficulty must be between 1 and 5.');
  return values;
};

/**
 * Makes a task with every field given, as gazu does. Without a status it gets the default one.
 * @throws Invalid (400) for what names nothing, for a type that is for other kinds of entities, and for a second task of one type and name. Source: API reference, POST /data/tasks.
 */
export const newTask = spanning({
  subject: 'cmd.tasks.new-task', access: to.teamStaff, schema: z.object({ body: z.unknown().optional() }),
  handle: async ({ body }: any, context) => {
    const values = await checked(body, context);
    const known = await context.db.one(sql`select (select e.kind from entity e where e.id = ${values.entity_id} and e.project_id = ${values.project_id}) as kind,
      exists (select 1 from task_type where id = ${values.task_type_id}) as type, (select lower(for_entity) from task_type where id = ${values.task_type_id}) as for_kind, ${values.task_status_id ?? null}::uuid is null or exists (select 1 from task_status where id = ${values.task_status_id ?? null}) as status,
      (select ${defaultStatus(sql`(select e.kind from entity e where e.id = ${values.entity_id})`)}) as default_status_id`);
    if (!known!.kind) throw new Invalid('entity_id names nothing of this production.');
    if (!known!.type) throw new Invalid('task_type_id names nothing that exists.');
    if (known!.for_kind !== null && known!.for_kind !== known!.kind) throw new Invalid(`The task type is not for what is ${known!.kind}.`);
    if (!known!.status) throw new Invalid('task_status_id names nothing that exists.');
    const assignees = values.assignees ?? [];
    const people = await context.db.all(sql`select id from directory_person where id = any(${textArray(assignees)}::uuid[])`);
    if (people.length < new Set(assignees).size) throw new Invalid('assignees names somebody who does not exist.');
    const id = context.moment.id('task');
    await context.runAsSystem(createTask, { id, values: { ...values, assignees, task_status_id: values.task_status_id ?? known!.default_status_id, assigner_id: values.assigner_id ?? null } }, 'create');
    await context.settled();
    return taskAnswer(context.db, context.caller, id, true);
  },
});
