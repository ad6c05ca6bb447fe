import { reaction, sql, when, type Context } from '@shotlog/kernel';
import { sayOnTask } from '../comment/comment-task.ts';
import { statusesFor } from '../comment/change-comments.ts';
import { TaskCommented } from '../task/task.events.ts';

/** Automations of the comment's production that its status sets off, with the task that each moves. */
const followers = (context: Context, data: any) => context.db.all(sql`select a.out_task_status_id, x.id as task_id, x.entity_id, x.task_status_id as now, i.name as in_type, si.name as in_status
  from status_automation a join project_status_automation l on l.status_automation_id = a.id and l.project_id = ${data.project_id}
  join entity e on e.id = ${data.entity_id} join task_type i on i.id = a.in_task_type_id join task_status si on si.id = a.in_task_status_id
  join task x on x.entity_id = e.id and x.task_type_id = a.out_task_type_id
  where a.archived is not true and a.out_field_type = 'status' and lower(a.entity_type) = e.kind and a.in_task_type_id = ${data.task_type_id} and a.in_task_status_id = ${data.task_status_id}
    and a.out_task_status_id is not null and x.task_status_id is distinct from a.out_task_status_id
    and coalesce((select p.priority from project_task_type p where p.project_id = ${data.project_id} and p.task_type_id = a.in_task_type_id), i.priority)
      < coalesce((select p.priority from project_task_type p where p.project_id = ${data.project_id} and p.task_type_id = a.out_task_type_id), (select y.priority from task_type y where y.id = a.out_task_type_id))
  order by a.log_position`);

/** Says on the other task what the automation made of it, in the name of who commented. */
const follow = async ({ data, metadata, id }: any, context: Context): Promise<void> => {
  if (data.previous_task_status_id === data.task_status_id || data.moved_from || metadata.silent) return;
  for (const row of await followers(context, data)) {
    const { statuses } = await statusesFor(context, row.entity_id);
    const comment_id = context.moment.id(`${id} ${row.task_id}`);
    await context.runAsSystem(sayOnTask, {
      task_id: row.task_id, comment_id, task_status_id: row.out_task_status_id, text: `Change triggered by ${row.in_type} set to ${row.in_status}`, person_id: data.person_id, created_at: null, checklist: [], links: [],
      for_client: false, mentions: [], department_mentions: [], statuses, data: null, shotgun_id: null,
    }, comment_id);
  }
};

/** Status automations: a process of its own, so that a crash half way finishes later and nothing is said twice. */
export const automationReaction = reaction('status-automations', [when(TaskCommented, follow as never)]);
