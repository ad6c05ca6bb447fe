import { Invalid, isId, NotFound, spanning, to } from '@shotlog/kernel';
import { z } from 'zod';
import { mayEdit, mayTakeAway } from './preview-file.policy.ts';
import { previewRow, taskRow, type PreviewRow } from './preview-file.queries.ts';
import { removePreviewFile } from './update-preview-file.ts';

/** Deletes a preview file with its objects; whoever manages the production. */
export const deletePreviewFile = spanning({
  subject: 'cmd.files.delete-preview-file', schema: z.object({ preview_file_id: z.string() }),
  prepare: async ({ preview_file_id }, { db }): Promise<PreviewRow> => {
    if (!isId(preview_file_id)) throw new Invalid(`"${preview_file_id.slice(0, 60)}" is no id.`);
    return previewRow(db, preview_file_id);
  },
  access: to.teamManagers, policy: (caller, row: PreviewRow) => mayEdit(caller, row),
  handle: (row: PreviewRow, context) => context.runAsSystem(removePreviewFile, { preview_file_id: row.id }, 'remove'),
});

/** Takes a preview away from a comment: whoever supervises, works on the task or brought it. @throws NotFound for a preview of another task. */
export const takePreviewAway = spanning({
  subject: 'cmd.files.take-preview-away', schema: z.object({ task_id: z.string(), comment_id: z.string(), preview_file_id: z.string() }),
  prepare: async ({ task_id, preview_file_id }, { db }): Promise<PreviewRow> => {
    const task = await taskRow(db, task_id);
    const row = await previewRow(db, preview_file_id);
    if (row.task_id !== task.id) throw new NotFound('preview file', preview_file_id);
    return row;
  },
  access: to.team.but({ user: 'filtered', client: 'filtered', vendor: 'filtered' }), policy: (caller, row: PreviewRow) => mayTakeAway(caller, row),
  handle: (row: PreviewRow, context) => context.runAsSystem(removePreviewFile, { preview_file_id: row.id }, 'remove'),
});
