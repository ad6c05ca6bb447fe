import { Invalid, isId, route, sql, to } from '@shotlog/kernel';

/** Whether a person follows a task: by itself, or as one of a sequence's tasks of a type. For other services. */
export const subscribedRoute = route({
  method: 'get', path: '/internal/subscribed', summary: 'Whether a person follows a task', access: to.system,
  ask: async (c) => {
    const [task_id, person_id] = [c.request.search.get('task_id'), c.request.search.get('person_id')];
    if (!isId(task_id) || !isId(person_id)) throw new Invalid('task_id and person_id are ids.');
    const row = await c.db.one(sql`select 1 from subscription s where s.person_id = ${person_id} and (s.task_id = ${task_id} or exists (
      select 1 from task k join entity e on e.id = k.entity_id where k.id = ${task_id} and s.task_type_id = k.task_type_id and s.entity_id in (e.id, e.parent_id))) limit 1`);
    return row !== null;
  },
});
