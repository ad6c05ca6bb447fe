import { PersonAvatarSet, PersonDeleted, reaction, sql, when, type Context, type Reaction } from '@shotlog/kernel';
import { entityEvents } from '@shotlog/breakdown/entity/entity.events';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { CommentDeleted, TaskDeleted } from '@shotlog/tasks/task/task.events';
import type { Storage } from '@shotlog/media';
import { attachmentFile } from '../attachment-file/attachment-file.ts';
import { previewBackgroundFile } from '../preview-background-file/preview-background-file.ts';
import { endOf } from '../end-resource.ts';
import { attachmentKey, attachmentThumbnailKey, backgroundKey, backgroundThumbnailKey, facePictureKey, previewKeys, workingFileKey } from '../storage/keys.ts';
import { workingFile } from '../working-file/working-file.ts';
import { noteLastPreview } from './last-preview.ts';
import { markMainPreview } from './main-preview.ts';
import { PreviewFileAdded, PreviewFileDeleted, PreviewFileUpdated } from './preview-file.events.ts';
import { removePreviewFile } from './update-preview-file.ts';

/** What hung on something that is gone was put aside by the projection; here its end is written down. */
const endTheDoomed = async (_: unknown, context: Context): Promise<void> => {
  for (const { id, kind } of await context.db.all<{ id: string; kind: string }>(sql`select id, kind from doomed limit 5000`)) {
    if (kind === 'preview_file') await context.runAsSystem(removePreviewFile, { preview_file_id: id }, `end-${id}`);
    else await context.runAsSystem(ends[kind]!, { id }, `end-${id}`);
  }
};
const ends: Record<string, ReturnType<typeof endOf>> = { attachment_file: endOf(attachmentFile), working_file: endOf(workingFile) };

const removeObjects = (keysOf: (data: any) => (string | null | undefined)[]) => async (e: { data: any }, context: Context): Promise<void> => {
  const storage = context.resource<Storage>('storage');
  for (const key of keysOf(e.data)) if (key) await storage.remove(key);
};

/** Where a production wants it, every new first preview of a revision stands for its entity. */
const standForEntity = async (e: { data: any }, context: Context): Promise<void> => {
  if ((e.data.status ?? e.data.changes?.status) !== 'ready') return;
  const row = await context.db.one(sql`select t.id, t.production_id, t.of_entity_id, (select kind from entity where id = t.of_entity_id) as entity_kind from preview_file t
    join project p on p.id = t.production_id where t.id = ${e.data.preview_file_id} and t.position = 1 and t.of_entity_id is not null and p.is_set_preview_automated`);
  if (row) await context.runAsSystem(markMainPreview, { preview_file_id: row.id, project_id: row.production_id, entity_id: row.of_entity_id, entity_kind: row.entity_kind }, `main-${row.id}`);
};

/** Processes of this service. */
export const reactions: Reaction[] = [
  reaction('ends', [when(CommentDeleted, endTheDoomed), when(TaskDeleted, endTheDoomed), when(projectEvents.deleted, endTheDoomed), ...Object.values(entityEvents).map((of) => when(of.deleted, endTheDoomed))]),
  reaction('objects', [
    when(PreviewFileDeleted, removeObjects((d) => [...Object.values(previewKeys(d.preview_file_id)), d.source_key])),
    when(attachmentFile.events.deleted, removeObjects((d) => [attachmentKey(d.attachment_file_id), attachmentThumbnailKey(d.attachment_file_id)])),
    when(previewBackgroundFile.events.deleted, removeObjects((d) => [backgroundKey(d.preview_background_file_id), backgroundThumbnailKey(d.preview_background_file_id)])),
    when(PersonAvatarSet, removeObjects((d) => (d.has_avatar ? [] : [facePictureKey('persons', d.person_id)]))),
    when(PersonDeleted, removeObjects((d) => [facePictureKey('persons', d.person_id)])),
    when(workingFile.events.deleted, removeObjects((d) => [workingFileKey(d.working_file_id)])),
  ]),
  reaction('last-preview', [when(PreviewFileDeleted, (e, context) => noteLastPreview(context, e.data.task_id ?? null, e.data.project_id, e.data.preview_file_id))]),
  reaction('main-preview', [when(PreviewFileAdded, standForEntity), when(PreviewFileUpdated, standForEntity)]),
];
