import { DomainError, Invalid, newId, OneFile, pathId, route, to, type QueryContext } from '@shotlog/kernel';
import type { FileResources } from '../storage/open.ts';
import { sourceKey } from '../storage/keys.ts';
import { receiveOne } from '../upload/receive.ts';
import { sweepUploads } from '../upload/sweep-uploads.ts';
import { noteLastPreview } from './last-preview.ts';
import { mayPublish } from './preview-file.policy.ts';
import { storeUpload, type Arrived } from './store-upload.ts';
import { previewJson, previewRow } from './preview-file.queries.ts';
import { receivePreviewFile, removePreviewFile } from './update-preview-file.ts';
import { PreviewFile } from './preview-file.answers.ts';

/** Streams the form's file into the storage and looks at it. @throws Invalid (400), 413; nothing is left then. */
const take = async (context: QueryContext, source_key: string): Promise<Arrived> => {
  const { storage, media, limits } = resourcesOf(context);
  try {
    const { file } = await receiveOne(context.request, (incoming) => storeUpload({ storage, media }, source_key, incoming), { maxBytes: limits.UPLOAD_MAX_BYTES });
    return file;
  } catch (error) {
    await storage.remove(source_key);
    throw error;
  }
};

const resourcesOf = (context: QueryContext): FileResources => ({ storage: context.resource('storage'), media: context.resource('media'), limits: context.resource('limits') });

const untilReady = async (context: QueryContext, id: string, wait_ms: number): Promise<void> => {
  const end = Date.now() + wait_ms;
  for (let pause = 20; Date.now() < end; pause = Math.min(250, pause * 1.5)) {
    const row = await previewRow(context.db, id).catch(() => null);
    if (row?.status !== 'processing') return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};

const refused = (error: unknown): boolean => error instanceof DomainError && error.status < 500;

/**
 * Stores the file and writes down that it arrived. A refusal ends the record too: an artist starts again with a new preview, and no empty one
 * is left in the list.
 */
const store = (context: QueryContext, id: string): Promise<Arrived> => {
  const source_key = sourceKey(id, newId());
  return context.sweptBy(sweepUploads.files, { keys: [source_key] }, async () => {
    const arrived = await take(context, source_key).catch(async (error: unknown) => {
      if (refused(error)) {
        await context.runAsSystem(removePreviewFile, { preview_file_id: id, only_empty: true }, 'refused');
        await context.settled();
      }
      throw error;
    });
    try {
      await context.runAsSystem(receivePreviewFile, { preview_file_id: id, ...arrived }, `receive-${source_key}`);
    } catch (error) {
      if (refused(error)) await resourcesOf(context).storage.remove(source_key);
      throw error;
    }
    return arrived;
  });
};

export const uploadPreviewRoute = route({
  method: 'post', path: '/pictures/preview-files/{instance_id}', summary: 'Send the file of a preview', upload: OneFile, answers: { 201: PreviewFile },
  description: 'A form with one file: a picture, a movie, or another file that is kept as it is. Movies are made ready in the background; the answer waits for short ones. '
    + 'A file that is refused (400, 413) or cut off takes the preview with it.',
  access: to.team.but({ vendor: 'filtered' }), status: 201,
  handle: async (context) => {
    const row = await previewRow(context.db, pathId(context.request, 'instance_id'));
    mayPublish(context.caller, row);
    if (row.source_key !== null) throw new Invalid('This preview has its file already.');
    // Without a form nothing was sent, and nothing is lost.
    if (!context.request.headers.get('content-type')?.startsWith('multipart/form-data')) throw new Invalid('No file was sent.');
    const arrived = await store(context, row.id);
    await context.settled();
    await noteLastPreview(context, row.task_id, row.project_id, arrived.source_key);
    await context.settled();
    await untilReady(context, row.id, resourcesOf(context).limits.PREVIEW_WAIT_MS);
    return previewJson(context, row.id, false);
  },
});
