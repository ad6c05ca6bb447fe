import { pathId, raw, Rendered, route, selectList, sql, to, type Context, type Shape } from '@shotlog/kernel';
import { entities, entityTypes, projects } from '../neighbours.ts';
import { taskStatus } from '../task-status/task-status.ts';
import { taskType } from '../task-type/task-type.ts';
import { shortCard } from '../comment/comment.queries.ts';
import { maySeeTask } from './task.policy.ts';
import { existingTask, taskAnswer } from './task.queries.ts';
import { FullTask } from './task.answers.ts';

const shape = (table: Shape['table'], type: string): Shape => ({ table, type });

/** Everything around a task, for its page. */
const around = async ({ db, caller }: Pick<Context, 'db' | 'caller'>, task: Record<string, any>): Promise<Record<string, any>> => {
  const part = (of: Shape, from: string, id: unknown) => sql`(select row_to_json(r) from (select ${selectList(of, caller, false)} from ${raw(from)} t where t.id = ${id}) r)`;
  const entity = shape(entities.table, 'Entity');
  const row = await db.one(sql`select ${part(entity, 'entity', task.entity_id)} as entity,
    (select row_to_json(r) from (select ${selectList(shape(entities.table, 'Sequence'), caller, false)} from entity t join entity e on e.parent_id = t.id where e.id = ${task.entity_id} and t.kind = 'sequence') r) as sequence,
    (select row_to_json(r) from (select ${selectList(shape(entities.table, 'Episode'), caller, false)} from entity t where t.kind = 'episode' and t.id = (select case when e.kind = 'asset' then e.source_id when q.kind = 'sequence' then q.parent_id else e.parent_id end
      from entity e left join entity q on q.id = e.parent_id where e.id = ${task.entity_id})) r) as episode,
    (select row_to_json(r) from (select ${selectList(shape(entityTypes.table, 'EntityType'), caller, false)} from entity_type t join entity e on e.entity_type_id = t.id where e.id = ${task.entity_id}) r) as entity_type,
    ${part(shape(projects.table, 'Project'), 'project', task.project_id)} as project, ${part(taskStatus.shape, 'task_status', task.task_status_id)} as task_status, ${part(taskType.shape, 'task_type', task.task_type_id)} as task_type`);
  const plain = (found: any) => { if (!found) return found; const { kind: _, ...rest } = found; return rest; };
  return { entity: plain(row!.entity), entity_type: row!.entity_type, project: row!.project, task_status: row!.task_status, task_type: row!.task_type,
    ...(row!.sequence ? { sequence: plain(row!.sequence) } : {}), ...(row!.episode ? { episode: plain(row!.episode) } : {}) };
};

export const fullTaskRoute = route({
  method: 'get', path: '/data/tasks/{task_id}/full', summary: 'Get a task with everything around it', answers: { 200: FullTask }, access: to.team.but({ vendor: 'filtered' }),
  ask: async (c) => {
    const task = await existingTask(c.db, pathId(c.request, 'task_id'));
    maySeeTask(c.caller, task as any);
    const cards = await c.persons([...task.assignees, ...(task.assigner_id ? [task.assigner_id] : [])]);
    const shown = (id: string) => { const card = cards.get(id); return card && (c.caller.manages(task.project_id) || id === c.caller.id ? card : { ...shortCard(card), departments: card.departments, type: 'Person' }); };
    const subscribed = await c.fetchFrom('notifications', `GET /internal/subscribed|{}?task_id=${task.id}&person_id=${c.caller.id}`).catch(() => false);
    return new Rendered(JSON.stringify({
      ...(await taskAnswer(c.db, c.caller, task.id, true)), ...(await around(c, task)), assigner: task.assigner_id ? shown(task.assigner_id) ?? null : null,
      persons: task.assignees.map(shown).filter(Boolean), is_subscribed: subscribed === true,
    }));
  },
});
