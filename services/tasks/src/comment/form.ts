import { attach, withPapers } from '@shotlog/files/attachment-file/store';
import { Invalid, isId, NotFound, type QueryContext } from '@shotlog/kernel';
import { existingTask } from '../task/task.queries.ts';
import { mayComment, maySeeTask } from '../task/task.policy.ts';
import { commentTask } from './comment-task.ts';
import { commentAnswer } from './comment.queries.ts';

const jsonOf = (name: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Invalid(`${name} is not JSON.`);
  }
};
/** The fields of a form as the body of a comment: lists travel as JSON. */
export const bodyOf = (fields: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, ['checklist', 'links'].includes(name) && text !== '' ? jsonOf(name, text) : text === '' && name !== 'comment' && name !== 'text' ? null : text]));

/** Refuses who may not comment the task at all, before a byte of the upload is taken. */
export const mayUpload = async (c: QueryContext, task_id: unknown): Promise<Record<string, any>> => {
  if (!isId(task_id)) throw new NotFound('task');
  const task = await existingTask(c.db, task_id);
  maySeeTask(c.caller, task as any);
  mayComment(c.caller, task as any, { is_artist_allowed: true, is_client_allowed: true });
  return task;
};

/** A comment with files that hang on it. Nothing is left of the files when the comment is refused. */
export const commentForm = async (c: QueryContext): Promise<unknown> => {
  const task = await mayUpload(c, c.request.params.task_id);
  const comment_id = c.moment.id('comment');
  await withPapers(c, 'tasks', async ({ files, fields }) => {
    await c.run(commentTask, { task_id: task.id, comment_id, body: bodyOf(fields) }, 'comment');
    await attach(c, files, { comment_id, project_id: task.project_id });
  });
  await c.settled();
  return commentAnswer(c, comment_id);
};
