import { flag, Invalid, isDate, isId, join, NotFound, ownProductions, raw, sql, type Caller, type QueryContext, type Statement } from '@shotlog/kernel';
import { entityJoins, episodeOf, fullName } from '../neighbours.ts';

const PAGE = 50;
const MOST = 1_000;

const idList = (ids: string[]) => `{${ids.join(',')}}`;

/**
 * The news that a caller may see, as SQL over news `n` and task `k`: of own productions; as a client what comments for clients tell,
 * as a vendor what happens on own tasks.
 */
export const visibleNews = (caller: Caller): Statement => {
  const own = ownProductions(caller, 'k.project_id');
  if (own === null) return raw('true');
  const as = (role: string) => idList([...caller.teams.keys()].filter((id) => caller.roleIn(id) === role));
  return sql`${own}
    and (k.project_id <> all(${as('client')}::uuid[]) or n.author_id = ${caller.id} or exists (select 1 from comment c where c.id = n.comment_id and (c.for_client
      or exists (select 1 from directory_person d where d.id = c.person_id and d.role = 'client'))))
    and (k.project_id <> all(${as('vendor')}::uuid[]) or n.author_id = ${caller.id} or ${caller.id}::uuid = any(k.assignees))`;
};

const whole = (name: string, text: string | null, fallback: number, most: number): number => {
  if (text === null || text === '') return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw new Invalid(`${name} must be a whole number from 1.`);
  return Math.min(Number(text), most);
};

/** A day or a time of a query string, as SQL takes it. @throws Invalid */
export const momentOf = (name: string, text: string): string => {
  const time = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?$/.test(text) && isDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`));
  if (!isDate(text) && !time) throw new Invalid(`${name} must be a day (2020-01-05) or a time (2020-01-05T13:23:10).`);
  return text.replace(/Z$/, '').slice(0, 19);
};

const COLUMNS: Record<string, string> = { task_type_id: 'k.task_type_id', task_status_id: 'c.task_status_id', person_id: 'n.author_id', episode_id: `(${episodeOf.text})`, project_id: 'k.project_id' };

const filters = (search: URLSearchParams): Statement[] => {
  const found: Statement[] = [];
  for (const [name, column] of Object.entries(COLUMNS)) {
    const values = search.getAll(name).filter(Boolean);
    for (const value of values) if (!isId(value)) throw new Invalid(`${name} must be an id.`);
    if (values.length > 0) found.push(sql`${raw(column)} = any(${idList(values)}::uuid[])`);
  }
  if (flag(search, 'only_preview')) found.push(raw('n.preview_file_id is not null'));
  const [before, after] = [search.get('before'), search.get('after')];
  if (before) found.push(sql`n.created_at < ${momentOf('before', before)}::timestamp`);
  if (after) found.push(sql`n.created_at >= ${momentOf('after', after)}::timestamp`);
  return found;
};

const FROM = sql`from news n join task k on k.id = n.task_id left join comment c on c.id = n.comment_id ${entityJoins}`;
const ROW = sql`select n.id, n.author_id, n.comment_id, n.task_id, n.change, n.created_at, n.preview_file_id, k.task_type_id, c.task_status_id, k.entity_id as task_entity_id, k.project_id, p.name as project_name,
  v.extension as preview_file_extension, v.revision as preview_file_revision, ${fullName} as full_entity_name, ${episodeOf} as episode_id, e.preview_file_id as entity_preview_file_id, 'News' as type
  ${FROM} join project p on p.id = k.project_id left join preview_file v on v.id = n.preview_file_id`;

const withPersons = async (c: QueryContext, rows: Record<string, any>[]): Promise<unknown[]> => {
  const cards = await c.persons(rows.map((r) => r.author_id).filter(Boolean));
  return rows.map((row) => {
    const card = cards.get(row.author_id);
    return { ...row, person: card ? { id: card.id, first_name: card.first_name, last_name: card.last_name, full_name: card.full_name, has_avatar: card.has_avatar, role: card.role } : null };
  });
};

/** A page of news, newest first, with how many there are in all and (`stats`) how many changed to each status. */
export const newsPage = async (c: QueryContext, scope: Statement, options: { stats: boolean }): Promise<unknown> => {
  const { search } = c.request;
  const [page, limit] = [whole('page', search.get('page'), 1, 1_000_000), whole('limit', search.get('limit'), PAGE, MOST)];
  const where = join([scope, visibleNews(c.caller), ...filters(search)].map((s) => sql`(${s})`), ' and ');
  const [rows, counts] = await Promise.all([
    c.db.all(sql`${ROW} where ${where} order by n.created_at desc, n.log_position desc limit ${limit} offset ${(page - 1) * limit}`),
    c.db.all<{ task_status_id: string | null; total: number; changed: number }>(sql`select c.task_status_id, count(*)::int as total, (count(*) filter (where n.change))::int as changed ${FROM} where ${where} group by 1`),
  ]);
  const total = counts.reduce((sum, r) => sum + r.total, 0);
  const stats = Object.fromEntries(counts.filter((r) => r.changed > 0 && r.task_status_id).map((r) => [r.task_status_id, r.changed]));
  return { data: await withPersons(c, rows), total, nb_pages: Math.ceil(total / limit), limit, offset: (page - 1) * limit, page, ...(options.stats ? { stats } : {}) };
};

/** One of them. @throws NotFound */
export const oneNews = async (c: QueryContext, project_id: string, news_id: string): Promise<unknown> => {
  const row = await c.db.one(sql`${ROW} where n.id = ${news_id} and k.project_id = ${project_id} and (${visibleNews(c.caller)})`);
  if (!row) throw new NotFound('news', news_id);
  return (await withPersons(c, [row]))[0];
};
