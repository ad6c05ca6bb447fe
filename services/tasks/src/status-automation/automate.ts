import { reaction, sql, when, type Context } from '@shotlog/kernel';
import { statusesFor } from '../comment/change-comments.ts';
import { sayOnTask } from '../comment/comment-task.ts';
import { StatusAutomationsSetOff } from '../task/task.events.ts';
import { setReadyFor } from './ready-for.ts';

/** Priority of a task type in a production: what comes first there. */
const priority = (project_id: string, column: 'in_task_type_id' | 'out_task_type_id') => column === 'in_task_type_id'
  ? sql`coalesce((select p.priority from project_task_type p where p.project_id = ${project_id} and p.task_type_id = a.in_task_type_id), (select y.priority from task_type y where y.id = a.in_task_type_id))`
  : sql`coalesce((select p.priority from project_task_type p where p.project_id = ${project_id} and p.task_type_id = a.out_task_type_id), (select y.priority from task_type y where y.id = a.out_task_type_id))`;

/** Automations of the comment's production that its status sets off, with the task that each moves. They only go forward, so none answers another for ever. */
const setOff = (context: Context, data: any) => context.db.all(sql`select a.out_field_type, a.out_task_type_id, a.out_task_status_id, e.kind, x.id as task_id, i.name as in_type, si.name as in_status
  from project_status_automation l join status_automation a on a.id = l.status_automation_id join entity e on e.id = ${data.entity_id}
  join task_type i on i.id = a.in_task_type_id join task_status si on si.id = a.in_task_status_id
  left join task x on x.entity_id = e.id and x.task_type_id = a.out_task_type_id and x.task_status_id is distinct from a.out_task_status_id
  where l.project_id = ${data.project_id} and a.archived is not true and lower(a.entity_type) = e.kind and a.in_task_type_id = ${data.task_type_id} and a.in_task_status_id = ${data.task_status_id}
    and (a.out_field_type = 'ready_for' or ${priority(data.project_id, 'in_task_type_id')} < ${priority(data.project_id, 'out_task_type_id')}) order by a.log_position`);

/** Says on the other task what the automation made of it, in the name of who commented. */
const follow = async ({ data, metadata, id }: any, context: Context): Promise<void> => {
  if (metadata.silent) return;
  for (const row of await setOff(context, data)) {
    if (row.out_field_type === 'ready_for') {
      if (row.kind === 'asset' && row.out_task_type_id) await context.runAsSystem(setReadyFor, { entity_id: data.entity_id, project_id: data.project_id, ready_for: row.out_task_type_id }, 'ready');
    } else if (row.task_id && row.out_task_status_id) {
      const { statuses } = await statusesFor(context, data.entity_id);
      const comment_id = context.moment.id(`${id} ${row.task_id}`);
      await context.runAsSystem(sayOnTask, {
        task_id: row.task_id, comment_id, task_status_id: row.out_task_status_id, text: `Change triggered by ${row.in_type} set to ${row.in_status}`, person_id: data.person_id, created_at: null, checklist: [], links: [],
        for_client: false, mentions: [], department_mentions: [], statuses, data: null, shotgun_id: null,
      }, comment_id);
    }
  }
};

/** Status automations: a process of its own, so that a crash half way finishes later and nothing is said twice. */
export const automationReaction = reaction('status-automations', [when(StatusAutomationsSetOff, follow as never)]);
