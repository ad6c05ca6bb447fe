import { Invalid, isId, type Context, type NewEvent } from '@shotlog/kernel';
import { ProjectTaskStatusUnlinked, ProjectTaskTypeUnlinked } from './links.events.ts';
import { plainKinds, plainLinked } from './plain-links.ts';
import { live, present } from './project.steps.ts';
import type { ProjectState } from './project.state.ts';
import { taskStatusLinked } from './task-status-links.ts';
import { taskTypeLinked } from './task-type-links.ts';

/** The lists of ids that a production may be given whole, with the table that knows them. */
const LISTS = { task_types: 'task_type', task_statuses: 'task_status', asset_types: 'entity_type', status_automations: 'status_automation', preview_background_files: 'preview_background_file' } as const;
type List = keyof typeof LISTS;
/** Lists that a body names, each of them whole; what the studio does not have is left out. `links` are ids of new links, by what they link. */
export type WholeLists = { lists: Partial<Record<List, string[]>>; links: Record<string, string> };

/** A list of ids of a body. @throws Invalid (400) for anything else. */
export const idList = (name: string, value: unknown): string[] => {
  if (!Array.isArray(value) || !value.every(isId)) throw new Invalid(`${name} is a list of ids.`);
  return [...new Set(value.map((id: string) => id.toLowerCase()))];
};

/** Reads the lists of a body. @throws Invalid (400). */
export const wholeLists = async (body: unknown, context: Context): Promise<WholeLists> => {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const found: WholeLists = { lists: {}, links: {} };
  for (const [name, table] of Object.entries(LISTS) as [List, string][]) {
    if (given[name] === undefined || given[name] === null) continue;
    const ids = await present(context, table, idList(name, given[name]));
    found.lists[name] = ids;
    for (const id of ids) found.links[id] = context.moment.id(`${name} ${id}`);
  }
  return found;
};

/** Events that make a production link exactly what the lists say; lists that are not given stay as they are. */
export const linksReplaced = (state: ProjectState, project_id: string, { lists, links }: WholeLists): NewEvent[] => {
  const now = live(state, project_id);
  const { task_types, task_statuses } = lists;
  const plain = ([['asset_types', plainKinds.assetType], ['status_automations', plainKinds.automation], ['preview_background_files', plainKinds.background]] as const).flatMap(([name, kind]) => {
    const wanted = lists[name];
    return wanted === undefined ? [] : [
      ...[...kind.held(now)].filter((id) => !wanted.includes(id)).map((id) => kind.unlinked({ project_id, [kind.key]: id } as never)), ...plainLinked(kind, state, project_id, wanted)];
  });
  return [
    ...(task_types === undefined ? [] : [
      ...[...now.task_types.keys()].filter((id) => !task_types.includes(id)).map((task_type_id) => ProjectTaskTypeUnlinked({ project_id, task_type_id })),
      ...task_types.flatMap((task_type_id) => taskTypeLinked(state, { project_id, task_type_id, link_id: links[task_type_id]!, priority: null, replace: false }))]),
    ...(task_statuses === undefined ? [] : [
      ...[...now.task_statuses.keys()].filter((id) => !task_statuses.includes(id)).map((task_status_id) => ProjectTaskStatusUnlinked({ project_id, task_status_id })),
      ...task_statuses.flatMap((task_status_id) => taskStatusLinked(state, { project_id, task_status_id, link_id: links[task_status_id]!, replace: false }))]),
    ...plain,
  ];
};
