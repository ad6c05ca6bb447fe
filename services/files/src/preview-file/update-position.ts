import { raw, spanning, sql, to } from '@shotlog/kernel';
import { z } from 'zod';
import { mayPublish } from './preview-file.policy.ts';
import { previewList, previewRow, type PreviewRow } from './preview-file.queries.ts';
import { settlePreviewFile } from './update-preview-file.ts';

type Move = PreviewRow & { wanted: number };

/** Moves a preview among those of its revision, the first being 1; a place that is not there changes nothing. Answers all of them in order. */
export const updatePosition = spanning({
  subject: 'cmd.files.update-position', schema: z.object({ preview_file_id: z.string(), position: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.number().int().min(0)) }),
  prepare: async ({ preview_file_id, position }, { db }): Promise<Move> => ({ ...(await previewRow(db, preview_file_id)), wanted: position }),
  access: to.team.but({ vendor: 'filtered' }), policy: (caller, row: Move) => mayPublish(caller, row),
  handle: async (row: Move, context) => {
    const all = await context.db.all<{ id: string }>(sql`select id from preview_file where task_id = ${row.task_id} and revision = ${row.revision} order by position, log_position`);
    if (row.wanted >= 1 && row.wanted <= all.length) {
      const rest = all.filter(({ id }) => id !== row.id);
      rest.splice(row.wanted - 1, 0, { id: row.id });
      for (const [i, { id }] of rest.entries()) await context.runAsSystem(settlePreviewFile, { preview_file_id: id, changes: { position: i + 1 } }, `position-${id}`);
    }
  },
  answer: async (row: Move, { db, caller }) =>
    JSON.parse((await previewList(db, caller, sql`t.task_id = ${row.task_id} and t.revision = ${row.revision}`, raw('t.position, t.log_position'))).text),
});
