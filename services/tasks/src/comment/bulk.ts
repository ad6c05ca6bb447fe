import { DomainError, Invalid, isId, NotFound, only, spanning, sql, to } from '@shotlog/kernel';
import { z } from 'zod';
import { existingProject } from '../task/task.queries.ts';
import { commentAnswer } from './comment.queries.ts';
import { commentTask } from './comment-task.ts';

/** More comments than this are sent in several requests. */
const MOST = 5_000;

/**
 * Comments many tasks of a production at once. Entries that may not be said (no status, another's task, nothing that exists) are left out; answers the comments that were made.
 * Source: API reference, POST /actions/projects/{project_id}/tasks/comment-many.
 */
export const commentMany = spanning({
  subject: 'cmd.tasks.comment-many', access: to.team, schema: z.object({ project_id: z.string(), entries: z.unknown().optional() }),
  handle: async ({ project_id, entries }: any, context) => {
    if (!isId(project_id)) throw new NotFound('production');
    await existingProject(context.db, project_id);
    only.team(context.caller, project_id);
    if (!Array.isArray(entries)) throw new Invalid('The body must be a list of comments.');
    if (entries.length > MOST) throw new Invalid(`At most ${MOST} comments in one request.`);
    const own = new Set((await context.db.all(sql`select id from task where project_id = ${project_id}`)).map((r) => r.id as string));
    const made: string[] = [];
    for (const [n, entry] of entries.entries()) {
      const task_id = typeof entry?.object_id === 'string' ? entry.object_id.toLowerCase() : null;
      if (task_id === null || !own.has(task_id)) continue;
      const comment_id = context.moment.id(`comment ${n}`);
      try {
        await context.run(commentTask, { task_id, comment_id, body: entry }, `comment ${n}`);
        made.push(comment_id);
      } catch (error) {
        // What one entry may not say does not keep the others from being said.
        if (!(error instanceof DomainError)) throw error;
      }
    }
    await context.settled();
    return Promise.all(made.map((id) => commentAnswer(context, id)));
  },
});
