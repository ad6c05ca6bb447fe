import { filters, isId, join, Invalid, NotFound, oneText, pathId, raw, Rendered, rendered, sql, type Caller, type Db, type QueryContext, type Request, type Statement } from '@shotlog/kernel';
import { AROUND, entityShape, lineColumns, listColumns, ONE, taskLines } from './entity.columns.ts';
import type { Kind } from './entity.events.ts';
import { assignedColumn, assignedTo, mayList, mayRead, visible, visibleIn, type EntityRow } from './entity.policy.ts';

const isVendorIn = (caller: Caller, project_id: string) => !caller.isAdmin && caller.roleIn(project_id) === 'vendor';

/**
 * The entity of a path, which the caller may read; for what is asked of it next.
 * @throws NotFound (404) when there is none of that kind, Forbidden (403).
 */
export const readable = async (c: QueryContext, param: string, kind: Kind | null, malformed: 400 | 404 = 404): Promise<EntityRow> => {
  const id = pathId(c.request, param, malformed);
  const row = await c.db.one<EntityRow>(sql`select t.id, t.kind, t.project_id, ${assignedColumn(c.caller)} as assigned from entity t where t.id = ${id}`);
  if (!row || (kind !== null && row.kind !== kind)) throw new NotFound(kind ?? 'entity', id);
  mayRead(c.caller, row);
  return row;
};

/** The production of a path or query, whose lists the caller may read. @throws NotFound (404), Forbidden (403). */
export const listable = async (c: Pick<QueryContext, 'db' | 'caller'>, project_id: string, kind: Kind | null = null): Promise<string> => {
  if (!c.caller.teams.has(project_id) && !(await c.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
  mayList(c.caller, project_id, kind);
  return project_id;
};

/** Keeps the bytes for everybody of a role; vendors see each their own. */
export const keepFor = (c: QueryContext, project_id: string): void => {
  if (!isVendorIn(c.caller, project_id)) c.keep([project_id], 'role');
};

/** Keeps the bytes of a single thing. Who casts a shared asset may be of any production, so an asset's are kept until anything changes. */
export const keepEntity = (c: QueryContext, { kind, project_id }: Pick<EntityRow, 'kind' | 'project_id'>): void => c.keep([kind === 'asset' ? '*' : project_id], 'person');

/** Entities of one production as a list. */
export const listOf = async (c: QueryContext, project_id: string, kind: Kind, where: Statement = raw('true'), named = false): Promise<Rendered> => {
  keepFor(c, project_id);
  return rendered(c.db, sql`select ${listColumns(kind, named)} from entity t ${named ? AROUND : raw('')} where t.project_id = ${project_id} and t.kind = ${kind}
    and ${visibleIn(c.caller, project_id)} and ${where} order by t.log_position`);
};

const idOf = (request: Request, name: string): string | null => {
  const value = request.search.get(name);
  if (value === null || value === '') return null;
  if (!isId(value)) throw new Invalid(`${name} "${value.slice(0, 60)}" is no id.`);
  return value.toLowerCase();
};

/** The episode of a query string: none for `all`, and for `main`, which means what belongs to no episode. */
const episodeIn = (request: Request): string | null => (['all', 'main'].includes(request.search.get('episode_id') ?? '') ? null : idOf(request, 'episode_id'));

/** `sequence_id` and `episode_id` of a query string, which are no columns: what hangs below them. */
const below = (kind: Kind, request: Request): Statement[] => {
  const [sequence, episode] = [idOf(request, 'sequence_id'), episodeIn(request)];
  const found: Statement[] = [];
  if (sequence && (kind === 'shot' || kind === 'scene')) found.push(sql`t.parent_id = ${sequence}`);
  if (request.search.get('episode_id') === 'main' && kind === 'asset') found.push(raw('t.source_id is null'));
  if (!episode) return found;
  if (kind === 'sequence' || kind === 'edit') found.push(sql`t.parent_id = ${episode}`);
  if (kind === 'shot' || kind === 'scene') found.push(sql`t.parent_id in (select id from entity where parent_id = ${episode})`);
  if (kind === 'asset') found.push(sql`(t.source_id = ${episode} or t.id in (select entity_out_id from entity_link where entity_in_id = ${episode}))`);
  return found;
};

/** What a list over productions shows: of the one that it names, or of all, which only admins may ask (assets: everybody their own). */
const scoped = async (c: QueryContext, kind: Kind): Promise<{ project_id: string | null; where: Statement }> => {
  const project_id = idOf(c.request, 'project_id');
  const search = new URLSearchParams(c.request.search);
  const wanted = [...filters(entityShape, c.caller, search), ...below(kind, c.request)];
  if (project_id) {
    await listable(c, project_id, kind);
    return { project_id, where: join([sql`t.kind = ${kind}`, visibleIn(c.caller, project_id), ...wanted], ' and ') };
  }
  if (kind !== 'asset') mayList(c.caller, '', kind);
  return { project_id, where: join([sql`t.kind = ${kind}`, ...wanted, visible(c.caller) ?? raw('true')], ' and ') };
};

/** A list over productions, filtered by its query string. */
export const filteredList = async (c: QueryContext, kind: Kind): Promise<Rendered> => {
  const { project_id, where } = await scoped(c, kind);
  if (project_id) keepFor(c, project_id);
  else c.keep(['*'], 'person');
  // Scenes without a sequence stand only in the lists of their production (measured beside Zou 1.0.67).
  const placed = kind === 'scene' ? raw('s.id is not null') : raw('true');
  return rendered(c.db, sql`select ${listColumns(kind, kind !== 'asset' && kind !== 'sequence' && kind !== 'episode')} from entity t ${AROUND} where ${where} and ${placed} order by t.log_position`);
};

const own = (caller: Caller, project_id: string | null): Statement =>
  project_id !== null && isVendorIn(caller, project_id) ? sql`k.id in (select task_id from task_person where person_id = ${caller.personId})` : raw('true');

/**
 * Entities with their tasks as JSON text: prepared lines, joined by PostgreSQL. The tasks are looked up for each entity by their index:
 * a plan that does not turn on statistics, which a production that has just been filled has not got yet.
 */
export const withTasksText = (db: Db, caller: Caller, kind: Kind, where: Statement, tasks: Statement, episode_id: string | null = null): Promise<string> =>
  db.text(sql`select '[' || coalesce(string_agg(left(row_to_json(x)::text, -1) || ',"tasks":[' || coalesce(k.lines, '') || ']}', ',' order by ${raw(kind === 'asset' ? 't.name, t.log_position desc' : 't.log_position')}), '') || ']' as text
    from entity t ${AROUND} cross join lateral (select ${lineColumns(kind, episode_id)}) x
    left join lateral (select ${taskLines(kind, caller)} as lines from task k where k.entity_id = t.id and ${tasks}) k on true
    where ${where}`);

/** A list over productions with each thing's tasks. Vendors get the tasks that they are assigned. */
export const listWithTasks = async (c: QueryContext, kind: Kind): Promise<Rendered> => {
  const { project_id, where } = await scoped(c, kind);
  c.keep(project_id ? [project_id] : ['*'], 'person');
  return new Rendered(await withTasksText(c.db, c.caller, kind, where, own(c.caller, project_id), episodeIn(c.request)));
};

/** Kinds whose single things show their tasks. */
export const WITH_TASKS: readonly Kind[] = ['shot', 'asset', 'edit', 'concept'];

/** A single thing as its own route shows it. */
export const single = async (c: QueryContext, kind: Kind): Promise<Rendered> => {
  const id = pathId(c.request, `${kind}_id`);
  const tasks = WITH_TASKS.includes(kind) ? sql`',"tasks":[' || coalesce((select ${taskLines(kind, c.caller)} from task k where k.entity_id = t.id and (not v.only_own or k.id in
    (select task_id from task_person where person_id = ${c.caller.id}::uuid))), '') || ']}'` : sql`'}'`;
  const row = await c.db.one<EntityRow & { text: string }>(sql`select t.id, t.kind, t.project_id, ${assignedColumn(c.caller)} as assigned, left(row_to_json(x)::text, -1) || ${tasks} as text
    from entity t ${AROUND} cross join lateral (select ${ONE[kind]}) x
    cross join lateral (select t.project_id = any(${`{${[...c.caller.teams.keys()].filter((p) => isVendorIn(c.caller, p)).join(',')}}`}::uuid[]) as only_own) v
    where t.id = ${id} and t.kind = ${kind}`);
  if (!row) throw new NotFound(kind, id);
  mayRead(c.caller, row);
  keepEntity(c, row);
  return new Rendered(row.text);
};

/** The entity that a command answers, without what stands around it. Some answers call every kind `Entity`. */
export const answerOf = async (db: Db, id: string, kind: Kind, type: string | null = null): Promise<Record<string, unknown> | null> => {
  const found = await db.one<{ row: Record<string, unknown> }>(sql`select row_to_json(x) as row from entity t cross join lateral (select ${listColumns(kind, false)}) x where t.id = ${id}`);
  return found === null ? null : { ...found.row, ...(type === null ? {} : { type }) };
};

/** The same with relations, as the generic routes answer it. */
export const genericAnswer = async (db: Db, caller: Caller, id: string): Promise<any> =>
  JSON.parse((await oneText(db, entityShape, caller, sql`t.id = ${id}`, true)) ?? 'null');

/** Entities of tasks that the caller is assigned to, of one kind. Sequences and episodes are those of their shots. */
export const assignedOf = (c: QueryContext, kind: Kind, where: Statement): Promise<Rendered> =>
  rendered(c.db, sql`select ${listColumns(kind, false)} from entity t where t.kind = ${kind} and ${where} and t.id in (${assignedTo(c.caller.personId, raw(kind === 'sequence' || kind === 'episode' ? "e.kind = 'shot'" : 'true'))}) order by t.log_position`);
