import { NotFound, oneText, ownProductions, raw, selectList, sql, type Caller, type Db, type Shape, type Statement } from '@shotlog/kernel';
import { projectTable } from './project.projection.ts';

const ids = (column: string, from: string): Statement => raw(`coalesce((select json_agg(l.${column}) from ${from} l where l.project_id = t.id), '[]'::json)`);

/** Ids of what a production takes of the studio: shown with relations. */
const relations: Record<string, Statement> = {
  team: ids('person_id', 'directory_team'),
  asset_types: ids('asset_type_id', 'project_asset_type_link'),
  task_types: ids('task_type_id', 'project_task_type_link'),
  task_statuses: ids('task_status_id', 'project_task_status_link'),
  status_automations: ids('status_automation_id', 'project_status_automation_link'),
  preview_background_files: ids('preview_background_file_id', 'project_preview_background_file_link'),
};

const first_episode_id = raw("case when t.production_type = 'tvshow' then (select e.id from entity e where e.project_id = t.id and e.kind = 'episode' order by lower(e.name), e.log_position limit 1) end");

/** Productions as the API shows them in lists. */
export const listedShape: Shape = { table: projectTable, type: 'Project', relations };
/** The same with the episode that a client opens a series with; null for what is no series. */
export const projectShape: Shape = { ...listedShape, extra: { first_episode_id } };
/** A single production names its status too. */
export const singleShape: Shape = { ...projectShape, extra: { first_episode_id, project_status_name: raw('(select s.name from project_status s where s.id = t.project_status_id)') } };

/** A production as an answer to a change. @throws NotFound when it is gone. */
export const projectAnswer = async (db: Db, caller: Caller, id: string, withRelations: boolean, shape: Shape = projectShape): Promise<any> => {
  const text = await oneText(db, shape, caller, sql`t.id = ${id}`, withRelations);
  if (text === null) throw new NotFound('project', id);
  return JSON.parse(text);
};

/** Refuses an id that no production has. @throws NotFound (404). */
export const existingProject = async (db: Db, id: string): Promise<Record<string, any>> => {
  const row = await db.one(sql`select * from project where id = ${id}`);
  if (!row) throw new NotFound('project', id);
  return row;
};

const OPEN = raw("t.project_status_id in (select s.id from project_status s where lower(s.name) in ('open', 'active'))");

/** The open productions that a caller may see, with everything that a client's first page shows of them. */
export const selectOpenProjects = (caller: Caller, name: string | null): Statement => {
  const mine = ownProductions(caller, 't.id') ?? raw('true');
  const named = name === null ? raw('true') : sql`t.name = ${name}`;
  const clientIn = [...caller.teams.keys()].filter((id) => caller.roleIn(id) === 'client');
  const fields = clientIn.length === 0 ? raw('true') : sql`(m.for_client or not t.id = any(${`{${clientIn.join(',')}}`}::uuid[]))`;
  return sql`select ${selectList(projectShape, caller, true)},
    coalesce((select json_object_agg(l.task_type_id, l.priority) from project_task_type_link l where l.project_id = t.id), '{}'::json) as task_types_priority,
    coalesce((select json_object_agg(l.task_status_id, json_build_object('priority', l.priority, 'roles_for_board', l.roles_for_board))
      from project_task_status_link l where l.project_id = t.id), '{}'::json) as task_statuses_link,
    coalesce((select json_agg(d) from (select m.id, m.entity_type, m.name, m.data_type, m.field_name, m.choices, m.for_client, m.position, m.departments, m.task_type_id
      from metadata_descriptor m where m.project_id = t.id and ${fields} order by m.name collate "C", m.log_position) d), '[]'::json) as descriptors
    from project t where ${OPEN} and ${mine} and ${named} order by lower(t.name)`;
};
