import { Invalid, spanning, to } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import { z } from 'zod';
import type { FileResources } from '../storage/open.ts';
import { checkContent, previewKind } from '../upload/kinds.ts';
import { extensionOf, type Incoming } from '../upload/receive.ts';
import { makePreviewFile, revisionName } from './create-preview-file.ts';
import { setLastPreview } from './last-preview.ts';
import { receivePreviewFile } from './update-preview-file.ts';

/** An upload that was looked at and lies in the storage. `status` is what the preview is in from then on. */
export const Arrived = z.object({ kind: z.enum(['picture', 'movie', 'file']), extension: z.string(), original_name: z.string(), file_size: z.number(), source_key: z.string(), status: z.enum(['processing', 'ready']) });
export type Arrived = z.infer<typeof Arrived>;

const baseName = (name: string): string => name.replace(/\.[^.]*$/, '') || name;

/**
 * Streams an upload for a preview into the storage under `source_key` and looks at it.
 * @throws Invalid (400) for what no preview can be: an extension, bytes of another kind, a damaged picture or one that would fill the
 * memory. The caller removes what lies under the key then.
 */
export const storeUpload = async ({ storage, media }: Pick<FileResources, 'storage' | 'media'>, source_key: string, incoming: Incoming): Promise<Arrived> => {
  const extension = extensionOf(incoming.name);
  const kind = previewKind(extension);
  const found = sniff(incoming.firstBytes);
  checkContent(extension, kind, found);
  const { size_bytes } = await storage.put(source_key, incoming.body, { contentType: found?.contentType ?? (extension === 'svg' ? 'image/svg+xml' : 'application/octet-stream') });
  if (size_bytes === 0) throw new Invalid('The file is empty.');
  if (kind === 'picture') await media.withLocalFiles(storage, [source_key], async ([path]) => { await media.pictureSize(path!); });
  return { kind, extension: kind === 'movie' ? 'mp4' : kind === 'picture' ? 'png' : extension, original_name: baseName(incoming.name), file_size: size_bytes, source_key, status: kind === 'file' ? 'ready' : 'processing' };
};

const Bring = z.object({
  preview_file_id: z.guid(), project_id: z.guid(), entity_id: z.guid().nullable(), task_type_id: z.guid().nullable(), task_id: z.guid(), comment_id: z.guid(), person_id: z.guid().nullable(),
  revision: z.number().int(), position: z.number().int(), arrived: Arrived,
});
/**
 * Makes a preview of an upload in one go, for services that take a comment and its previews in one form; the workers of this service make
 * it ready. It reads no table: any service may run it in the system's name.
 */
export const bringPreviewFile = spanning({
  subject: 'cmd.files.bring-preview-file', schema: Bring, access: to.system,
  handle: async ({ arrived, preview_file_id, project_id, entity_id, task_type_id, comment_id, ...values }, context) => {
    const name = values.position === 1 ? revisionName(values.task_id, values.revision) : preview_file_id.slice(0, 13);
    await context.runAsSystem(makePreviewFile, { preview_file_id, project_id, entity_id, task_type_id, comment_id, values: { ...values, name, source: 'webgui', extension: arrived.extension, status: 'processing' } }, 'make');
    await context.runAsSystem(receivePreviewFile, { preview_file_id, ...arrived }, 'receive');
    await context.runAsSystem(setLastPreview, { task_id: values.task_id, project_id, preview_file_id }, 'last');
  },
});
