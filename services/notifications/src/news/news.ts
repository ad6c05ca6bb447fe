import { access, apiTime, derivedId, f, insert, Invalid, on, projection, resource, sql, type Context, type Publication, type Recorded } from '@shotlog/kernel';
import { TaskCommented, CommentDeleted } from '@shotlog/tasks/task/task.events';
import { projectedCommands, projectedRoutes } from '../projected.ts';

/** The id of the news that a comment is: the same in every replay. */
export const newsId = (comment_id: string): string => derivedId('news', comment_id);

const told = (what: 'new' | 'update' | 'delete', e: Recorded): Publication[] => {
  const news_id = e.data.news_id;
  if (what === 'update') return [{ name: 'news:update', payload: { news_id } }];
  return [{ name: `news:${what}`, payload: { news_id, project_id: e.data.project_id ?? null } }];
};

/** The task that a generic body names. @throws Invalid */
export const projectOfTask = async (task_id: unknown, context: Context): Promise<string> => {
  const task = task_id ? await context.db.one<{ project_id: string }>(sql`select project_id from task where id = ${task_id}`) : null;
  if (!task) throw new Invalid('task_id must name a task.');
  return task.project_id;
};

/** What happened in a production: one for each comment. `change` tells whether the comment changed the task's status. */
export const news = resource({
  service: 'notifications', name: 'news', path: '/data/news', type: 'News', published: told,
  fields: {
    change: f.boolean({ default: false }), author_id: f.uuid({ required: true }), comment_id: f.uuid(), task_id: f.uuid({ required: true }), preview_file_id: f.uuid(),
    project_id: f.uuid({ hidden: true }), dated: f.time({ hidden: true, immutable: true }),
  },
  access: access.admin, indexes: ['project_id, created_at', 'comment_id', 'task_id'],
  creating: async (values, context) => ({ project_id: await projectOfTask(values.task_id, context) }),
});

/** Whether something was said now: not elsewhere long ago, and not in another task before. */
export const isNews = (e: Recorded): boolean => !e.data.imported && !e.data.moved_from;

const newsRow = (e: Recorded) => ({
  id: newsId(e.data.comment_id), change: e.data.task_status_id !== e.data.previous_task_status_id, author_id: e.data.person_id, comment_id: e.data.comment_id, task_id: e.data.task_id,
  preview_file_id: null, project_id: e.data.project_id, created_at: e.data.created_at ?? apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position,
});

/** Comments → news. */
export const newsProjection = projection('news_of_comments', [], [
  on(TaskCommented, (e) => (e.data.imported ? null : insert(news.table, newsRow(e)))),
  // A comment that moved on is news of its new task by now.
  on(CommentDeleted, (e) => sql`delete from news where comment_id = ${e.data.comment_id} and task_id = ${e.data.task_id}`),
]);

/** What is told of a comment's news. */
export const newsOf = (e: Recorded): Publication =>
  ({ name: 'news:new', payload: { news_id: newsId(e.data.comment_id), project_id: e.data.project_id, task_status_id: e.data.task_status_id, task_type_id: e.data.task_type_id } });

export const newsCommands = projectedCommands(news, { name: 'news', fixed: ['task_id'] });
export const newsResourceRoutes = projectedRoutes(news, '/data/news', newsCommands);
