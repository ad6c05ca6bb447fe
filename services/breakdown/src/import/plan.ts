import { isDeepStrictEqual } from 'node:util';
import { entityFields, type Kind } from '../entity/entity.events.ts';
import { complete } from '../entity/create-entity.ts';
import { typeOfKind } from '../entity/kinds.ts';
import { needed, problem, wholeNumber, type Row } from './csv-file.ts';
import { defaultStatus, type Known, type Status, type Studio } from './studio.ts';

/** What a table comes to: in this order. Every id is known before anything is written, so that it can be done again from the start. */
export type Plan = {
  project_id: string; kind: Kind;
  types: { id: string; name: string }[];
  created: { id: string; kind: Kind; values: Record<string, any>; episode_id: string | null }[];
  updated: { id: string; changes: Record<string, any> }[];
  tasks: { id: string; entity_id: string; task_type_id: string; task_status_id: string }[];
  comments: { id: string; task_id: string; task_status_id: string; text: string }[];
  /** The entities of the lines, in their order. */
  entity_ids: string[];
};

type Ids = (key: string) => string;
/** Whoever plans: what is there, what was planned already, and where new ids come from. */
export type Planner = { studio: Studio; plan: Plan; ids: Ids; actor: string | null; update: boolean };

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

const put = (p: Planner, kind: Kind, values: Record<string, any>, episode_id: string | null = null): Known => {
  const id = p.ids(`${kind} ${values.parent_id ?? values.source_id ?? ''} ${values.entity_type_id ?? ''} ${values.name}`);
  const whole = complete({ data: {}, entity_type_id: typeOfKind(kind), ...values, project_id: p.studio.project_id, created_by: p.actor });
  p.plan.created.push({ id, kind, values: whole, episode_id });
  const known = { id, name: values.name, parent_id: whole.parent_id, source_id: whole.source_id, entity_type_id: whole.entity_type_id };
  p.studio.entities[kind].push(known);
  return known;
};

/** The episode that a line names; made when it is new. "MP" (main pack) and nothing mean none. */
export const episodeOf = (p: Planner, row: Row, must: boolean): string | null => {
  const name = must && p.studio.isShow ? needed(row, 'Episode') : row.cells.Episode ?? '';
  if (name === '' || name === 'MP') return null;
  checkName(row, 'Episode', name);
  return (p.studio.entities.episode.find((e) => same(e.name, name)) ?? put(p, 'episode', { name, description: '' })).id;
};

/** The sequence that a line names; made when it is new. */
export const sequenceOf = (p: Planner, row: Row, episode_id: string | null): string => {
  const name = needed(row, 'Sequence');
  checkName(row, 'Sequence', name);
  return (p.studio.entities.sequence.find((s) => same(s.name, name) && s.parent_id === episode_id) ?? put(p, 'sequence', { name, parent_id: episode_id, description: '' }, episode_id)).id;
};

/** The asset type that a line names; made when it is new. */
export const assetTypeOf = (p: Planner, row: Row): string => {
  const name = needed(row, 'Type');
  if ([...name].length > 30) throw problem(row.line, '"Type" is longer than 30 characters.');
  const found = p.studio.asset_types.find((t) => same(t.name, name));
  if (found) return found.id;
  const made = { id: p.ids(`type ${name}`), name };
  p.studio.asset_types.push(made);
  p.plan.types.push(made);
  return made.id;
};

export const checkName = (row: Row, column: string, name: string): void => {
  if ([...name].length > entityFields.name.max!) throw problem(row.line, `"${column}" is longer than ${entityFields.name.max} characters.`);
};

/** What a line says of the studio's own fields. Empty cells empty the field. */
const metadata = (p: Planner, row: Row): Record<string, unknown> =>
  Object.fromEntries(p.studio.descriptors.filter((d) => row.cells[d.name] !== undefined).map((d) => [d.field_name, row.cells[d.name]]));

const statusOf = (p: Planner, row: Row, column: string): Status | null => {
  const text = row.cells[column];
  if (text === undefined || text === '') return null;
  const found = p.studio.statuses.find((s) => same(s.name, text) || same(s.short_name, text));
  if (!found) throw problem(row.line, `"${column}": there is no task status "${text.slice(0, 60)}".`);
  return found;
};

/** New entities get a task of each type of the production; a line may say the status and comment it. */
export const planTasks = (p: Planner, row: Row, entity_id: string, isNew: boolean): void => {
  for (const type of p.studio.task_types) {
    const status = statusOf(p, row, type.name);
    const text = row.cells[`${type.name} comment`] ?? '';
    let task = p.studio.tasks.find((t) => t.entity_id === entity_id && t.task_type_id === type.id);
    if (!task && (isNew || status)) {
      task = { id: p.ids(`task ${entity_id} ${type.id}`), entity_id, task_type_id: type.id, task_status_id: defaultStatus(p.studio)!.id };
      p.plan.tasks.push(task);
      p.studio.tasks.push(task);
    }
    if (!task || (text === '' && (status === null || status.id === task.task_status_id))) continue;
    const task_status_id = status?.id ?? task.task_status_id;
    p.plan.comments.push({ id: p.ids(`comment ${row.line} ${task.id}`), task_id: task.id, task_status_id, text });
    task.task_status_id = task_status_id;
  }
};

/** One line: the entity it names is made, or with `update` changed. */
export const planEntity = (p: Planner, row: Row, kind: Kind, found: (name: string) => Known | undefined, own: Record<string, unknown>, fresh: Record<string, unknown>, data: Record<string, unknown> = {}): void => {
  const name = needed(row, 'Name');
  checkName(row, 'Name', name);
  const known = found(name);
  const description = row.cells.Description;
  const values = { ...own, ...(description === undefined ? {} : { description }) };
  const all = { ...data, ...metadata(p, row) };
  const isNew = known === undefined;
  const id = known?.id ?? put(p, kind, { ...fresh, ...values, name, data: all }, (fresh.episode_id as string | null | undefined) ?? null).id;
  if (known && p.update) p.plan.updated.push({ id, changes: { ...values, ...(isDeepStrictEqual(all, {}) ? {} : { data: all }) } });
  if (isNew || p.update) planTasks(p, row, id, isNew);
  if (!p.plan.entity_ids.includes(id)) p.plan.entity_ids.push(id);
};

/** Frames of a line, as shots keep them in `data`. */
export const frames = (row: Row): { own: Record<string, unknown>; data: Record<string, unknown> } => {
  const nb_frames = wholeNumber(row, row.cells['Nb Frames'] === undefined ? 'Frames' : 'Nb Frames');
  const [frame_in, frame_out] = [wholeNumber(row, 'Frame In'), wholeNumber(row, 'Frame Out')];
  return { own: nb_frames === null ? {} : { nb_frames }, data: { ...(frame_in === null ? {} : { frame_in }), ...(frame_out === null ? {} : { frame_out }), ...(row.cells.FPS === undefined ? {} : { fps: row.cells.FPS }) } };
};
