import type { Caller } from './caller.ts';
import type { Db } from './database.ts';
import { Invalid, NotFound } from './errors.ts';
import { filterDoc, filterSql, type Field } from './fields.ts';
import { isId } from './ids.ts';
import { Rendered, type QueryParameter, type Request } from './route.ts';
import { join, raw, sql, type Statement } from './sql.ts';
import type { Table } from './tables.ts';

/** How a table's rows are shown. */
export type Shape = {
  table: Table;
  /** The `type` of the API's objects: a constant, or SQL over the row (alias `t`). */
  type: string | Statement;
  /** Columns (SQL over the row `t`) beyond the table's own, by the key they are shown under. */
  extra?: Record<string, Statement>;
  /** The same, shown only with relations. */
  relations?: Record<string, Statement>;
  /** Which of the table's fields this caller may see, filter and sort by; all that are not hidden by default. */
  visible?: (caller: Caller, name: string, field: Field) => boolean;
};

/** Query parameters that are no filters. */
const CONTROLS = new Set(['page', 'limit', 'relations', 'fields', 'force', 'no_cache', 'cursor_created_at', 'cursor_id']);
const LIMIT = 100;
const MOST = 10_000;

/** Whether ids of related things are shown, for the document. */
export const RELATIONS: Record<string, QueryParameter> = { relations: { description: 'Whether ids of related things are shown', schema: { type: 'boolean' } } };

/** The query of a list, for the document. Every field that is shown filters by equality; a JSON list names several values. */
export const listQuery = (shape: Shape): Record<string, QueryParameter> => ({
  page: { description: 'The page, from 1; everything is answered when nobody says', schema: { type: 'integer', minimum: 1, maximum: 999_999_999 } },
  limit: { description: 'How many stand on a page', schema: { type: 'integer', minimum: 1, maximum: MOST, default: LIMIT } },
  fields: { description: 'Only these keys, with commas between', schema: { type: 'string' } },
  ...RELATIONS,
  ...Object.fromEntries(Object.entries(shape.table.fields).filter(([, field]) => !field.hidden && field.kind !== 'json')
    .map(([name, field]) => [name, { description: `Only where ${name} is this`, schema: filterDoc(field) }])),
});

const mayManage = (caller: Caller) => caller.isAdmin || caller.role === 'manager';
const sees = (shape: Shape, caller: Caller, name: string, field: Field): boolean =>
  !field.hidden && (!field.restricted || mayManage(caller)) && (shape.visible?.(caller, name, field) ?? true);

/** The columns of a row as the API shows it, as the select list of a query over `t`. */
export const selectList = (shape: Shape, caller: Caller, relations: boolean, only: string[] | null = null): Statement => {
  const columns: Statement[] = [];
  const wanted = (name: string) => only === null || only.includes(name);
  for (const [name, field] of Object.entries(shape.table.fields)) {
    if (sees(shape, caller, name, field) && wanted(name) && (!field.relation || relations)) columns.push(raw(`t."${name}"`));
  }
  for (const [name, column] of Object.entries(shape.extra ?? {})) if (wanted(name)) columns.push(sql`${column} as ${raw(`"${name}"`)}`);
  if (relations) {
    for (const [name, column] of Object.entries(shape.relations ?? {})) if (wanted(name)) columns.push(sql`${column} as ${raw(`"${name}"`)}`);
  }
  columns.push(typeof shape.type === 'string' ? raw(`'${shape.type}' as type`) : sql`${shape.type} as type`);
  return join(columns);
};

const filterOf = (name: string, field: Field, values: string[]): Statement => {
  const column = raw(`t."${name}"`);
  const options = values.flatMap((value) => {
    if (!value.startsWith('[')) return [value];
    try {
      const list = JSON.parse(value);
      if (Array.isArray(list)) return list.map(String);
    } catch { /* told below */ }
    throw new Invalid(`The list given for ${name} is not a JSON list.`);
  });
  if (options.length === 0) return raw('false');
  return sql`(${join(options.map((value) => filterSql(column, name, field, value)), ' or ')})`;
};

/**
 * The filters of a query string as SQL over `t`: equality on the fields that the caller may read, unknown names ignored.
 * @throws Invalid (400) for a hidden field or a value that is none of its kind.
 */
export const filters = (shape: Shape, caller: Caller, search: URLSearchParams): Statement[] => {
  const found: Statement[] = [];
  for (const name of new Set(search.keys())) {
    const field = shape.table.fields[name];
    if (!field || CONTROLS.has(name)) continue;
    if (!sees(shape, caller, name, field)) throw new Invalid(`${name} cannot be filtered on.`);
    found.push(filterOf(name, field, search.getAll(name)));
  }
  return found;
};

const wholeNumber = (name: string, text: string | null): number | null => {
  if (text === null || text === '') return null;
  if (!/^-?\d{1,9}$/.test(text)) throw new Invalid(`${name} must be a whole number.`);
  return Number(text);
};

/** `page` and `limit` of a query string; null without `page`. Pages before the first are empty. */
export const pageOf = (search: URLSearchParams): { page: number; limit: number; offset: number } | null => {
  const page = wholeNumber('page', search.get('page'));
  if (page === null) return null;
  const limit = wholeNumber('limit', search.get('limit')) ?? LIMIT;
  if (limit < 1 || limit > MOST) throw new Invalid(`limit must be between 1 and ${MOST}.`);
  return { page, limit, offset: (page - 1) * limit };
};

/** What a query string says to a question of yes or no: `?force=true` is yes in any case of its letters (Python writes `True`), anything else no. */
export const flag = (search: URLSearchParams, name: string, byDefault = false): boolean => search.get(name)?.toLowerCase() === 'true' || (byDefault && !search.has(name));

export type ListOptions = {
  shape: Shape; db: Db; caller: Caller; request: Request;
  /** What the caller may see at all, as SQL over `t`. */
  scope?: Statement | null;
  /** Whether relations are shown when the request does not say. */
  relations?: boolean;
  order?: Statement;
};

/** A list as the API answers it: all rows, or with `page` a page, newest first, in its envelope. */
export const list = async ({ shape, db, caller, request, scope, relations = false, order }: ListOptions): Promise<Rendered> => {
  const { search } = request;
  const only = search.get('fields')?.split(',').map((s) => s.trim()).filter(Boolean) ?? null;
  const withRelations = flag(search, 'relations', relations);
  const where = join([raw('true'), ...(scope ? [sql`(${scope})`] : []), ...filters(shape, caller, search)], ' and ');
  const columns = selectList(shape, caller, withRelations, only);
  const from = sql`from "${raw(shape.table.name)}" t where ${where}`;
  const page = pageOf(search);
  if (page === null) return renderedLong(db, sql`select ${columns} ${from} order by ${order ?? raw('t.log_position')}`);
  const { page: number, limit, offset } = page;
  const rows = offset < 0 ? raw('select 1 where false') : sql`select ${columns} ${from} order by t.log_position desc limit ${limit} offset ${offset}`;
  const text = await db.text(sql`select json_build_object('data', (select coalesce(json_agg(r), '[]') from (${rows}) r), 'total', n.total,
    'nb_pages', ceil(n.total::float / ${limit}::int)::int, 'limit', ${limit}::int, 'offset', ${offset}::bigint, 'page', ${number}::int)::text as text
    from (select count(*)::int as total ${from}) n`);
  return new Rendered(text);
};

/** Longer lists than this are sent as they are read, so that memory does not grow with them. */
const WHOLE = 4_000;

/** The rows of a select as one JSON list, made by PostgreSQL. */
export const rendered = async (db: Db, select: Statement): Promise<Rendered> =>
  new Rendered(await db.text(sql`select coalesce(json_agg(r), '[]')::text as text from (${select}) r`));

/** The same as an answer to a client: a very long list is sent as it is read. */
export const renderedLong = async (db: Db, select: Statement): Promise<Rendered> => {
  const row = await db.one<{ text: string; n: number }>(sql`select coalesce(json_agg(r), '[]')::text as text, count(*) as n from (select * from (${select}) l limit ${WHOLE + 1}) r`);
  return row!.n > WHOLE ? new Rendered('', pieces(db, select)) : new Rendered(row!.text);
};

async function* pieces(db: Db, select: Statement): AsyncGenerator<string> {
  let mark = '[';
  for await (const rows of db.parts<{ text: string }>(sql`select row_to_json(r)::text as text from (${select}) r`)) {
    yield mark + rows.map((r) => r.text).join(',');
    mark = ',';
  }
  yield mark === '[' ? '[]' : ']';
}

/** One row as JSON text, found by `where` over `t`; null when there is none. */
export const oneText = async (db: Db, shape: Shape, caller: Caller, where: Statement, relations: boolean): Promise<string | null> => {
  const text = await db.text(sql`select row_to_json(r)::text as text from (select ${selectList(shape, caller, relations)} from "${raw(shape.table.name)}" t where ${where}) r`);
  return text === '' ? null : text;
};

/** The wish of a request for a single thing's relations: shown unless it says no. */
export const wantsRelations = (request: Request, byDefault = true): boolean =>
  flag(request.search, 'relations', byDefault);

/** An id of a path, in lower case. `malformed` is the status that this route answers for what is no id: 400 on generic routes, 404 elsewhere. */
export const pathId = (request: Pick<Request, 'params'>, name: string, malformed: 400 | 404 = 404): string => {
  const value: string = request.params[name] ?? '';
  const valid: boolean = isId(value);
  if (valid) return value.toLowerCase();
  if (malformed === 400) throw new Invalid(`"${value.slice(0, 60)}" is no id.`);
  throw new NotFound(name.replace(/_id$/, '').replaceAll('_', ' '));
};
