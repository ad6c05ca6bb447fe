import { body, comment, none, plain, self, shot, table, task, throwaway, type Ask, type Asks, type At } from './request.ts';
import { fresh, MARK } from './scene.ts';

/** Who works on the half's task: who asks, where they are on the team. */
const worker = (at: At): string => (!at.open ? at.s.someone : at.me.onTeam ? at.me : at.s.team[3]!).id;
let day = 0;
/** A day that nothing was noted on yet. */
const anyDay = (): string => new Date(Date.UTC(2027, 0, 1 + ++day * 3)).toISOString().slice(0, 10);

const resources: Asks = {
  ...plain('/data/task-types', () => ({ name: fresh('Type'), for_entity: 'Shot', color: '#000000' }), { color: '#111111' }),
  ...plain('/data/task-status', () => ({ name: fresh('Status'), short_name: fresh('s'), color: '#000000' }), { is_wip: true }),
  ...plain('/data/status-automations', ({ ids }) => ({ entity_type: 'shot', in_task_type_id: ids.shot_task_type_id, in_task_status_id: ids.spare_task_status_id, out_field_type: 'status', out_task_type_id: ids.spare_task_type_id, out_task_status_id: ids.task_status_id }), { import_last_revision: true }),
  ...plain('/data/custom-actions', () => ({ name: fresh('Go'), url: 'https://example.com/go', entity_type: 'shot' }), { is_ajax: true }),
  'POST /actions/task-types/reorder': body(({ ids }) => ({ task_type_ids: [ids.shot_task_type_id] })),
  ...plain('/data/day-offs', (at) => { const date = anyDay(); return { person_id: self(at), date, end_date: date }; }, { description: 'sea' }),
  ...plain('/data/schedule-items', async (at) => ({ project_id: at.ids.project_id, task_type_id: at.ids.shot_task_type_id, object_id: await shot(at), start_date: '2026-06-01', end_date: '2026-06-02' }), { man_days: 9 }),
  ...plain('/data/production-schedule-versions', ({ ids }) => ({ name: fresh(MARK), project_id: ids.project_id }), { locked: false }),
  ...plain('/data/milestones', ({ ids }) => ({ project_id: ids.project_id, task_type_id: ids.shot_task_type_id, name: fresh(MARK), date: '2026-06-01' }), { date: '2026-06-02' }),
  'POST /data/production-schedule-version-task-links': body(async (at) => ({ production_schedule_version_id: await version(at), task_id: at.ids.task_id, start_date: '2026-06-01', due_date: '2026-06-02', estimation: 5 })),
  'PUT /data/production-schedule-version-task-links/{instance_id}': body(() => ({ estimation: 6 })),
  'DELETE /data/production-schedule-version-task-links/{instance_id}': async (at) => ({ ids: { instance_id: (await at.admin.must('POST', '/data/production-schedule-version-task-links',
    { production_schedule_version_id: await version(at), task_id: at.ids.task_id, start_date: '2026-06-01', due_date: '2026-06-02', estimation: 5 })).id } }),
};

const version = async ({ admin, ids }: At): Promise<string> => (await admin.must('POST', '/data/production-schedule-versions', { name: fresh(MARK), project_id: ids.project_id })).id;
const plan = '/actions/production-schedule-versions/{production_schedule_version_id}';

const hours: Asks = {
  ...plain('/data/time-spents', (at) => ({ task_id: at.ids.task_id, person_id: worker(at), date: anyDay(), duration: 30 }), { duration: 45 }),
  'GET /data/time-spents/{instance_id}': throwaway('instance_id', () => '/data/time-spents', (at) => ({ task_id: at.ids.task_id, person_id: worker(at), date: anyDay(), duration: 30 })),
  'GET /data/day-offs/{instance_id}': throwaway('instance_id', () => '/data/day-offs', (at) => { const date = anyDay(); return { person_id: self(at), date, end_date: date }; }),
  'POST /actions/tasks/{task_id}/time-spents/{date}/persons/{person_id}': (at) => ({ ids: { person_id: worker(at), date: anyDay() }, body: { duration: 60 } }),
  'POST /actions/tasks/{task_id}/time-spents/{date}/persons/{person_id}/add': (at) => ({ ids: { person_id: worker(at), date: anyDay() }, body: { duration: 60 } }),
  'DELETE /actions/tasks/{task_id}/time-spents/{date}/persons/{person_id}': async (at) => {
    const [person_id, date] = [worker(at), anyDay()];
    await at.admin.must('POST', '/data/time-spents', { task_id: at.ids.task_id, person_id, date, duration: 30 });
    return { ids: { person_id, date } };
  },
  [`POST ${plan}/set-task-links-from-production`]: none,
  [`POST ${plan}/set-task-links-from-production-schedule-version`]: body(({ ids }) => ({ production_schedule_version_id: ids.production_schedule_version_id })),
  [`POST ${plan}/apply-to-production`]: async (at) => ({ ids: { production_schedule_version_id: await version(at) } }),
};
for (const route of ['', '/{date}', '/month/all/{year}/{month}', '/year/{year}', '/month/{year}/{month}', '/week/{year}/{week}', '/day/{year}/{month}/{day}']) {
  hours[`GET /data/persons/{person_id}/time-spents${route}`] = (at) => ({ ids: { person_id: self(at) }, query: route ? '' : '?start_date=2026-01-01&end_date=2026-12-31' });
}
for (const route of ['', '/year/{year}', '/month/{year}/{month}', '/week/{year}/{week}', '/{date}']) hours[`GET /data/persons/{person_id}/day-offs${route}`] = (at) => ({ ids: { person_id: self(at) } });
for (const route of ['tasks', 'done-tasks', 'related-tasks/{task_type_id}']) hours[`GET /data/persons/{person_id}/${route}`] = (at) => ({ ids: { person_id: self(at) } });

const create = (entity: string, key: string): Ask => async (at) => ({ ids: { task_type_id: at.ids[`${key}_task_type_id`]! }, body: entity === 'shots' ? [await shot(at)] : [at.ids[`${key}_id`]] });
const many = '/actions/projects/{project_id}/task-types/{task_type_id}';

const tasks: Asks = {
  [`POST ${many}/shots/create-tasks`]: create('shots', 'shot'), [`POST ${many}/assets/create-tasks`]: create('assets', 'asset'),
  [`POST ${many}/edits/create-tasks`]: create('edits', 'edit'), [`POST ${many}/concepts/create-tasks`]: create('concepts', 'concept'),
  [`POST ${many}/create-tasks/{entity_type}`]: create('shots', 'shot'),
  'POST /data/entities/{entity_id}/tasks': body(({ ids }) => ({ task_type_ids: [ids.shot_task_type_id] })),
  'POST /data/tasks': body(async (at) => ({ name: fresh('main'), project_id: at.ids.project_id, task_type_id: at.ids.shot_task_type_id, task_status_id: at.ids.task_status_id, entity_id: await shot(at) })),
  'PUT /data/tasks/{instance_id}': body(() => ({ estimation: 70 })),
  'DELETE /data/tasks/{instance_id}': async (at) => ({ ids: { instance_id: await task(at) }, query: '?force=true' }),
  'POST /actions/projects/{project_id}/delete-tasks': body(async (at) => [await task(at)]),
  'DELETE /actions/projects/{project_id}/task-types/{task_type_id}/delete-tasks': ({ ids }) => ({ ids: { task_type_id: ids.spare_task_type_id! } }),
  'PUT /actions/tasks/{task_id}/assign': body((at) => ({ person_id: at.me.onTeam ? at.me.id : at.s.team[3]!.id })),
  'PUT /actions/persons/{person_id}/assign': async (at) => ({ ids: { person_id: at.me.onTeam ? at.me.id : at.s.team[3]!.id }, body: { task_ids: [await task(at)] } }),
  'PUT /actions/tasks/clear-assignation': body(async (at) => ({ task_ids: [await task(at)] })),
  'PUT /actions/tasks/set-priority': body(({ ids }) => ({ task_ids: [ids.task_id], priority: 2 })),
  'PUT /actions/tasks/{task_id}/to-review': async (at) => ({ ids: { task_id: await task(at) }, body: { person_id: at.me.id || at.s.adminId, comment: 'done?', revision: 1 } }),
  'POST /actions/tasks/{task_id}/comment': body(({ ids, me }) => ({ task_status_id: ids.task_status_id, comment: MARK, for_client: me.role === 'client' })),
  'POST /actions/tasks/{task_id}/batch-comment': body(({ ids }) => form([{ task_status_id: ids.task_status_id, text: MARK, comment: MARK }])),
  'POST /actions/tasks/batch-comment': body(({ ids }) => form([{ task_id: ids.task_id, object_id: ids.task_id, task_status_id: ids.task_status_id, text: MARK, comment: MARK }])),
  'POST /actions/projects/{project_id}/tasks/comment-many': body(({ ids }) => [{ object_id: ids.task_id, task_status_id: ids.task_status_id, comment: MARK }]),
};

const form = (comments: unknown): FormData => {
  const made = new FormData();
  made.append('comments', JSON.stringify(comments));
  return made;
};
const said = (path: string, more: (at: At) => unknown = () => undefined): Ask => async (at) => ({ ids: { comment_id: await comment(at) }, body: more(at) });
const C = '/data/tasks/{task_id}/comments/{comment_id}';
const plainComment = (at: At) => ({ object_id: at.ids.task_id, object_type: 'Task', person_id: at.open && at.me.onTeam ? at.me.id : at.s.adminId, task_status_id: at.ids.task_status_id, text: MARK });

const comments: Asks = {
  'POST /actions/tasks/{task_id}/comments/{comment_id}/move': said('', ({ ids }) => ({ target_task_id: ids.second_task_id })),
  [`POST ${C}/ack`]: said(''),
  [`POST ${C}/reply`]: said('', () => ({ text: MARK })),
  [`DELETE ${C}/reply/{reply_id}`]: async (at) => {
    const comment_id = await comment(at);
    const as = at.open && at.me.onTeam ? at.me.client : at.admin;
    const reply = await as.send('POST', `/data/tasks/${at.ids.task_id}/comments/${comment_id}/reply`, { text: MARK });
    return { ids: { comment_id, reply_id: reply.body.id ?? (await at.admin.must('POST', `/data/tasks/${at.ids.task_id}/comments/${comment_id}/reply`, { text: MARK })).id } };
  },
  [`DELETE ${C}`]: said(''),
  'POST /data/comments': body(plainComment),
  'PUT /data/comments/{instance_id}': async (at) => ({ ids: { instance_id: await comment(at) }, body: { text: `${MARK} again` } }),
  'DELETE /data/comments/{instance_id}': async (at) => ({ ids: { instance_id: await comment(at) } }),
  'POST /import/csv/projects/{project_id}/task-types/{task_type_id}/estimations': body(() => table('Parent,Entity,Estimation\n')),
  'POST /import/csv/projects/{project_id}/episodes/{episode_id}/task-types/{task_type_id}/estimations': body(() => table('Parent,Entity,Estimation\n')),
};

const far = (n: number, more: (at: At) => object): Ask => body((at) => [{ id: `0b000000-1111-4000-8000-0000000001${String(n).padStart(2, '0')}`, ...more(at) }]);
const gun = (entry: object): Ask => body(() => [entry]);

const imports: Asks = {
  'POST /import/kitsu/tasks': far(4, ({ ids }) => ({ name: 'far', project_id: ids.project_id, entity_id: ids.scene_id, task_type_id: ids.scene_task_type_id, task_status_id: ids.task_status_id, type: 'Task', assignees: [] })),
  'POST /import/kitsu/comments': far(5, ({ s, ids }) => ({ object_id: ids.task_id, object_type: 'Task', person_id: s.adminId, task_status_id: ids.task_status_id, text: `${MARK} far`, type: 'Comment' })),
  'POST /import/kitsu/time-spents': far(9, ({ s, ids }) => ({ task_id: ids.task_id, person_id: s.team[3]!.id, date: '2024-07-02', duration: 60, type: 'TimeSpent' })),
  'POST /import/kitsu/milestones': far(7, ({ ids }) => ({ project_id: ids.project_id, task_type_id: ids.shot_task_type_id, name: `${MARK} far`, date: '2024-07-01', type: 'Milestone' })),
  'POST /import/kitsu/schedule-items': far(6, ({ ids, open }) => ({ project_id: ids.project_id, task_type_id: open ? ids.second_task_type_id : ids.spare_task_type_id, object_id: ids.scene_id, start_date: '2024-01-01', end_date: '2024-02-01', type: 'ScheduleItem' })),
  'POST /import/shotgun/steps': gun({ type: 'Step', id: 930003, code: 'Roles Rigging', short_name: 'rrig', color: '50,149,253', entity_type: 'Asset' }),
  'POST /import/shotgun/status': gun({ type: 'Status', id: 930004, code: 'rosg', name: 'Roles gun go', bg_color: '250,149,253' }),
  'POST /import/shotgun/tasks': body(() => []), 'POST /import/shotgun/notes': body(() => []),
  'POST /import/shotgun/remove/step': body(() => ({ id: 930099 })), 'POST /import/shotgun/remove/status': body(() => ({ id: 930099 })),
  'POST /import/shotgun/remove/task': body(() => ({ id: 930099 })), 'POST /import/shotgun/remove/note': body(() => ({ id: 930099 })),
};

export const tasksAsks: Asks = { ...resources, ...hours, ...tasks, ...comments, ...imports };
