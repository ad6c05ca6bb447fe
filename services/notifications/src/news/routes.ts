import { NotFound, only, pathId, raw, route, sql, to, type QueryContext, type Route } from '@shotlog/kernel';
import { newsResourceRoutes } from './news.ts';
import { newsPage, oneNews } from './news.queries.ts';
import { NewsLine, NewsPage } from './news.answers.ts';

const query = { page: 'From 1', limit: '50 when absent', task_type_id: 'Only of this task type', task_status_id: 'Only to this status', person_id: 'Only by this author', episode_id: 'Only of this episode',
  only_preview: 'true: only with a preview file', before: 'Only before this day or time', after: 'Only from this day or time on' };

/** The production of a path, which the caller must be in. @throws NotFound, Forbidden */
export const ownProject = async (c: QueryContext): Promise<string> => {
  const id = pathId(c.request, 'project_id');
  if (!(await c.db.one(sql`select 1 from project where id = ${id}`))) throw new NotFound('production', id);
  only.team(c.caller, id);
  return id;
};

/** What happens in productions. */
export const newsRoutes: Route[] = [
  route({ method: 'get', path: '/data/projects/news', summary: 'List the news of all own productions', answers: { 200: NewsPage }, query: { ...query, project_id: 'Only of this production' }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }).listed,
    ask: (c) => (c.keep(['*'], 'person'), newsPage(c, raw('true'), { stats: true })) }),
  route({ method: 'get', path: '/data/projects/{project_id}/news', summary: 'List the news of a production', answers: { 200: NewsPage }, query, access: to.team.but({ client: 'filtered', vendor: 'filtered' }), ask: async (c) => {
    const id = await ownProject(c);
    c.keep([id], 'person');
    return newsPage(c, sql`k.project_id = ${id}`, { stats: true });
  } }),
  route({ method: 'get', path: '/data/projects/{project_id}/news/{news_id}', summary: 'Get one of the news of a production', answers: { 200: NewsLine }, access: to.team.but({ client: 'filtered', vendor: 'filtered' }), ask: async (c) => {
    const id = await ownProject(c);
    return oneNews(c, id, pathId(c.request, 'news_id'));
  } }),
  route({ method: 'get', path: '/data/entities/{entity_id}/news', summary: 'List the news of an entity', answers: { 200: NewsPage }, query, access: to.team.but({ client: 'filtered', vendor: 'filtered' }), ask: async (c) => {
    const id = pathId(c.request, 'entity_id');
    const entity = await c.db.one<{ project_id: string }>(sql`select project_id from entity where id = ${id}`);
    if (!entity) throw new NotFound('entity', id);
    only.team(c.caller, entity.project_id);
    c.keep([entity.project_id], 'person');
    return newsPage(c, sql`k.entity_id = ${id}`, { stats: false });
  } }),
  ...newsResourceRoutes,
];
