import { NotFound, sql, type Context } from '@shotlog/kernel';
import type { Kind } from '../entity/entity.events.ts';
import { mayManage } from '../entity/entity.policy.ts';
import { RULES } from '../entity/kinds.ts';

export type TaskType = { id: string; name: string };
export type Status = { id: string; name: string; short_name: string; is_default: boolean; is_done: boolean; is_retake: boolean; is_wip: boolean; is_feedback_request: boolean };
export type Known = { id: string; name: string; parent_id: string | null; source_id: string | null; entity_type_id: string };

/** What lines of a table are read against: everything of a production that they may name. */
export type Studio = {
  project_id: string; isShow: boolean; task_types: TaskType[]; statuses: Status[]; descriptors: { name: string; field_name: string }[];
  asset_types: { id: string; name: string }[]; entities: Record<Kind, Known[]>;
  /** Task type ids by entity and task, as they are. */
  tasks: { id: string; entity_id: string; task_type_id: string; task_status_id: string }[];
};

/** The columns of a production's tables of one kind: task types and the studio's own fields. */
export const columnsOf = async ({ db }: Pick<Context, 'db'>, project_id: string, kind: Kind): Promise<Pick<Studio, 'task_types' | 'descriptors'>> => ({
  task_types: await db.all<TaskType>(sql`select t.id, t.name from task_type t join project_task_type_link l on l.task_type_id = t.id and l.project_id = ${project_id}
    where t.for_entity = ${RULES[kind].type} order by l.priority nulls last, t.priority, t.name`),
  descriptors: await db.all(sql`select name, field_name from metadata_descriptor where project_id = ${project_id} and entity_type = ${RULES[kind].type} order by position nulls last, log_position`),
});

/**
 * Reads what a production's tables are made of, for whoever manages it.
 * @throws NotFound (404) for an unknown production, Forbidden (403).
 */
export const studioOf = async (context: Pick<Context, 'db' | 'caller'>, project_id: string, kind: Kind): Promise<Studio> => {
  const { db } = context;
  const project = await db.one<{ production_type: string }>(sql`select production_type from project where id = ${project_id}`);
  if (!project) throw new NotFound('production', project_id);
  mayManage(context.caller, project_id);
  const rows = await db.all<Known & { kind: Kind }>(sql`select id, kind, name, parent_id, source_id, entity_type_id from entity where project_id = ${project_id} order by log_position`);
  const entities = { asset: [], shot: [], sequence: [], episode: [], scene: [], edit: [], concept: [] } as Record<Kind, Known[]>;
  for (const row of rows) entities[row.kind].push(row);
  return {
    project_id, isShow: project.production_type === 'tvshow', entities,
    ...(await columnsOf(context, project_id, kind)),
    statuses: await db.all<Status>(sql`select id, name, short_name, is_default, is_done, is_retake, is_wip, is_feedback_request from task_status order by log_position`),
    asset_types: await db.all(sql`select id, name from entity_type order by log_position`),
    tasks: await db.all(sql`select id, entity_id, task_type_id, task_status_id from task where project_id = ${project_id}`),
  };
};

/** The status that new tasks have. */
export const defaultStatus = (studio: Studio): Status | undefined => studio.statuses.find((s) => s.is_default) ?? studio.statuses.find((s) => s.short_name.toLowerCase() === 'todo') ?? studio.statuses[0];
