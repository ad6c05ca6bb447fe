import { f, fieldSchema, Invalid, isId, NotFound, oneText, raw, selectList, spanning, sql, to, type Caller, type Context, type Db, type Resource, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { isOwn, searchFilter, searchFilterGroup } from './search-filter.ts';

type Row = Record<string, any>;
const keyOf = (of: Resource): string => of.idKey.replace('search_filter_group', 'filter_group').replace('search_', '');

/** What a caller sees of filters or groups: their own, and what is shared in their productions with everybody or their department. */
export const visibleFilters = (caller: Caller): Statement => {
  const own = sql`t.person_id = ${caller.id}`;
  const teams = caller.isAdmin ? raw('true') : sql`(t.project_id is null or t.project_id = any(${`{${[...caller.teams.keys()].join(',')}}`}::uuid[]))`;
  const departments = caller.isAdmin || caller.role === 'manager' ? raw('true') : sql`(t.department_id is null or t.department_id = any(${`{${caller.departments.join(',')}}`}::uuid[]))`;
  return sql`(${own} or (t.is_shared and ${teams} and ${departments}))`;
};

/** The caller's filters (or groups) as JSON text: `{ list_type: { project_id or "all": [...] } }`. */
export const filtersText = (db: Db, caller: Caller, of: Resource): Promise<string> => db.text(sql`
  select coalesce(json_object_agg(list_type, by_project), '{}')::text as text from (
    select list_type, json_object_agg(place, items) as by_project from (
      select t.list_type, coalesce(t.project_id::text, 'all') as place, json_agg(r order by lower(t.name), t.log_position) as items
      from "${raw(of.table.name)}" t cross join lateral (select ${selectList(of.shape, caller, true)}) r
      where ${visibleFilters(caller)} group by 1, 2) placed group by 1) listed`);

const text = (name: string, max: number) => fieldSchema(name, f.string(max)) as z.ZodType<string | null | undefined>;
const id = (name: string) => fieldSchema(name, f.uuid()) as z.ZodType<string | null | undefined>;
const common = { list_type: text('list_type', 80), entity_type: text('entity_type', 80), project_id: id('project_id'), department_id: id('department_id'), is_shared: fieldSchema('is_shared', f.boolean()) as z.ZodType<any> };
const schemas: Record<string, z.ZodObject> = {
  search_filter: z.object({ ...common, name: text('name', 200), search_query: text('search_query', 500), query: text('query', 500), search_filter_group_id: id('search_filter_group_id') }).partial(),
  search_filter_group: z.object({ ...common, name: text('name', 200), color: text('color', 8) }).partial(),
};

/** Who may share: whoever manages the production; without one, managers of the studio. */
const mayShare = (caller: Caller, project_id: string | null | undefined): boolean => (project_id ? caller.manages(project_id) : caller.isAdmin || caller.role === 'manager');

const existing = async (context: Context, table: 'project' | 'department' | 'search_filter_group', given: string | null | undefined): Promise<Row | null> => {
  if (!given) return null;
  const row = await context.db.one<Row>(sql`select * from "${raw(table)}" where id = ${given}`);
  if (!row) throw new NotFound(table.replaceAll('_', ' '), given);
  return row;
};

/** Completes and checks what a filter or group is to be. */
const checked = async (values: Row, context: Context): Promise<Row> => {
  await existing(context, 'project', values.project_id);
  await existing(context, 'department', values.department_id);
  const is_shared = Boolean(values.is_shared) && mayShare(context.caller, values.project_id);
  const group = await existing(context, 'search_filter_group', values.search_filter_group_id);
  if (group && group.is_shared !== is_shared) throw new Invalid('A filter is shared where its group is shared, and only there.');
  return { ...values, is_shared };
};

const needed = (values: Row, names: string[]): void => {
  for (const name of names) if (!values[name]) throw new Invalid(`${name} is needed.`, { data: { errors: [{ field: name, message: 'needed' }] } });
};

/** A filter or group of the caller's own. @throws NotFound (404) for those of others. */
export const ownRow = async (of: Resource, given: string, context: Context): Promise<Row> => {
  const lower = given.toLowerCase();
  const row = isId(lower) ? await context.db.one<Row>(sql`select * from "${raw(of.table.name)}" where id = ${lower}`) : null;
  if (!row || !isOwn(context.caller, row as { person_id: string })) throw new NotFound(of.name.replaceAll('_', ' '), isId(lower) ? lower : undefined);
  return row;
};

const shown = async (of: Resource, row_id: string, { db, caller }: Context) => JSON.parse((await oneText(db, of.shape, caller, sql`t.id = ${row_id}`, true)) ?? 'null');

/** The commands on a person's own filters or groups. */
const commandsOf = (of: Resource, required: string[]) => {
  const name = of.name.replaceAll('_', '-');
  const key = keyOf(of);
  const fields = (given: Row): Row => {
    const { query, ...values } = given;
    return { ...values, ...(of === searchFilter && query != null && values.search_query === undefined ? { search_query: query } : {}) };
  };
  return {
    create: spanning({
      subject: `cmd.breakdown.create-own-${name}`, schema: schemas[of.name]!, access: to.signedIn,
      handle: async (given: Row, context) => {
        const values = fields(given);
        needed(values, required);
        const made = (await context.run(of.commands.create, { list_type: 'todo', ...(await checked(values, context)), person_id: context.caller.personId }, 'create')) as { id: string };
        await context.settled();
        return shown(of, made.id, context);
      },
    }),
    update: spanning({
      subject: `cmd.breakdown.update-own-${name}`, schema: schemas[of.name]!.extend({ [key]: z.string() }), access: to.oneself,
      handle: async (given: Row, context) => {
        const row = await ownRow(of, given[key], context);
        const { [key]: _, project_id: __, ...rest } = given;
        const changes = Object.fromEntries(Object.entries(fields(rest)).filter(([, value]) => value !== undefined));
        const { is_shared } = await checked({ is_shared: row.is_shared, search_filter_group_id: row.search_filter_group_id, ...changes, project_id: row.project_id }, context);
        await context.run(of.commands.update, { id: row.id, changes: { ...changes, is_shared } }, 'update');
        await context.settled();
        return shown(of, row.id, context);
      },
    }),
    remove: spanning({
      subject: `cmd.breakdown.delete-own-${name}`, schema: z.object({ [key]: z.string() }), access: to.oneself,
      handle: async (given: Row, context) => {
        const row = await ownRow(of, given[key], context);
        await context.run(of.commands.remove, { id: row.id }, 'delete');
      },
    }),
  };
};

export const ownFilters = commandsOf(searchFilter, ['name', 'search_query']);
export const ownFilterGroups = commandsOf(searchFilterGroup, ['name']);
