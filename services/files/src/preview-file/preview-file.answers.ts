import { byKey, ids, maybe, shown } from '@shotlog/kernel';
import { z } from 'zod';
import { previewFileTable } from './preview-file.projection.ts';

export const PreviewFile = shown('PreviewFile', previewFileTable.fields, { comments: ids });

/** The preview files of an entity over its tasks, newest first. */
export const EntityPreview = z.looseObject({
  id: z.guid(), name: maybe.text, original_name: maybe.text, extension: maybe.text, revision: maybe.whole, position: maybe.whole, file_size: maybe.whole, status: maybe.text, validation_status: maybe.text, task_id: maybe.id,
  person_id: maybe.id, created_at: z.string(),
}).meta({ id: 'EntityPreview' });

const player = {
  id: z.guid(), width: maybe.number, height: maybe.number, status: maybe.text, task_id: maybe.id, duration: maybe.number, revision: maybe.whole, extension: maybe.text, created_at: z.string(), annotations: z.unknown(),
  original_name: maybe.text,
};
/** A preview file as players take it, with the others of its revision. */
export const PlayerPreview = z.looseObject({ ...player, previews: z.array(z.looseObject(player)) }).meta({ id: 'PlayerPreview' });
/** Preview files by the id of their task type, newest revision first. */
export const PreviewsByTaskType = byKey(z.array(PlayerPreview));
