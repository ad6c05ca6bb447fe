import { raw, Rendered, route, selectList, sql, to, type Caller, type Shape, type Statement } from '@shotlog/kernel';
import { customAction } from './custom-action/custom-action.ts';
import { statusAutomation } from './status-automation/status-automation.ts';
import { taskStatus } from './task-status/task-status.ts';
import { taskType } from './task-type/task-type.ts';

const all = (shape: Shape, caller: Caller): Statement => sql`(select coalesce(json_agg(r), '[]') from (select ${selectList(shape, caller, false)} from "${raw(shape.table.name)}" t order by t.log_position) r)`;

/** This service's part of `GET /data/user/context`: reference data, the same for everybody. */
export const contextRoute = route({
  method: 'get', path: '/internal/context', summary: 'The part of the user context that tasks owns', access: to.signedIn,
  ask: async (c) => {
    c.keep(['studio'], 'role');
    return new Rendered(await c.db.text(sql`select json_build_object('task_types', ${all(taskType.shape, c.caller)}, 'task_status', ${all(taskStatus.shape, c.caller)},
      'custom_actions', ${all(customAction.shape, c.caller)}, 'status_automations', ${all(statusAutomation.shape, c.caller)})::text as text`));
  },
});
