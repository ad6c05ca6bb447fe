import { Entity } from '@shotlog/breakdown/entity/entity.answers';
import { entityType } from '@shotlog/breakdown/entity-type/entity-type';
import { Project } from '@shotlog/breakdown/project/project.answers';
import { Person } from '@shotlog/auth/person/person.answers';
import { byKey, maybe, shown } from '@shotlog/kernel';
import { z } from 'zod';
import { taskStatus } from '../task-status/task-status.ts';
import { taskType } from '../task-type/task-type.ts';
import { taskTable } from './task.table.ts';

export const TaskType = taskType.answer;
export const TaskStatus = taskStatus.answer;

export const Task = shown('Task', taskTable.fields);

const NAMES = { entity_name: maybe.text, entity_type_name: maybe.text, project_name: maybe.text, task_status_name: maybe.text, task_type_name: maybe.text };
/** A task with the names of what stands around it. */
export const NamedTask = Task.extend(NAMES).meta({ id: 'NamedTask' });

/** A task as the answer to its making. */
export const NewTask = Task.extend({
  task_status_name: maybe.text, task_status_short_name: maybe.text, task_status_color: maybe.text, task_type_name: maybe.text, task_type_color: maybe.text, task_type_priority: maybe.whole,
}).partial().meta({ id: 'NewTask' });

const entity = {
  entity_name: maybe.text, entity_description: maybe.text, entity_data: z.unknown(), entity_preview_file_id: maybe.text, entity_source_id: maybe.text, entity_type_name: maybe.text, entity_canceled: maybe.truth,
  episode_id: maybe.text, episode_name: maybe.text, sequence_name: maybe.text, project_name: maybe.text, project_has_avatar: maybe.truth,
};
/** A task of somebody's list, with what it is about and its last comment. */
export const AssignedTask = Task.extend({
  ...entity, task_status_name: maybe.text, task_status_short_name: maybe.text, task_status_color: maybe.text, task_type_name: maybe.text, task_type_color: maybe.text, task_type_for_entity: maybe.text,
  episode_ids: z.array(z.guid()).nullable(), episode_names: z.array(z.string()).nullable(), task_due_date: maybe.text, task_start_date: maybe.text, task_duration: maybe.number, task_estimation: maybe.number,
  last_comment: z.looseObject({ date: maybe.text.optional(), text: maybe.text.optional(), person_id: maybe.id.optional() }),
}).meta({ id: 'AssignedTask' });

const OpenTask = Task.extend({ ...entity, status_name: maybe.text, status_short_name: maybe.text, status_color: maybe.text, type_name: maybe.text, type_color: maybe.text, task_type_for_entity: maybe.text }).meta({ id: 'OpenTask' });
const counts = { total: z.int(), total_duration: z.number(), total_estimation: z.number() };
/** Tasks over productions, a page at a time, with sums over all of them. */
export const OpenTasks = z.looseObject({
  data: z.array(OpenTask), stats: z.looseObject({ ...counts, status: z.array(z.object({ task_status_id: maybe.id, amount: z.int() })) }), limit: z.int(), page: z.int(), is_more: z.boolean(),
});
const sums = { amount: z.int(), amount_done: z.int(), total_duration: z.number(), total_estimation: z.number() };
export const OpenTaskStats = byKey(z.looseObject({ ...sums, task_types: z.array(z.looseObject({ task_status_id: maybe.id, task_type_id: maybe.id, project_id: z.guid(), ...sums })) }));

/** A task with everything around it. */
export const FullTask = Task.extend({
  entity: Entity, entity_type: entityType.answer.nullable(), project: Project, task_status: TaskStatus.nullable(), task_type: TaskType.nullable(), sequence: Entity.nullish(), episode: Entity.nullish(),
  assigner: Person.nullable(), persons: z.array(Person), is_subscribed: z.boolean(),
}).meta({ id: 'FullTask' });

/** A task that was handed over for review. */
export const TaskInReview = Task.extend({
  entity: Entity, entity_type: entityType.answer.nullable(), project: Project, person: Person.nullable(), comment: maybe.text, preview_path: z.looseObject({ folder_path: z.string(), file_name: z.string() }).nullish(),
}).meta({ id: 'TaskInReview' });

/** When each person's tasks begin and end. */
export const TaskDates = z.array(z.looseObject({ person_id: z.guid(), min_date: maybe.text, max_date: maybe.text, busy_periods: z.array(z.unknown()) }));
