import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Invalid, newId, type QueryContext } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import type { ThumbnailSize } from '@shotlog/media';
import { withTemporaryFolder } from '@shotlog/media/temporary';
import type { FileResources } from '../storage/open.ts';
import { receiveOne } from '../upload/receive.ts';
import { sweepUploads } from '../upload/sweep-uploads.ts';

/** The largest picture that is taken for a face: nobody needs more. */
const MAX_BYTES = 50 * 1024 * 1024;

/**
 * Takes the picture of a form, brings it to its size as PNG and stores it under `key`, in place of what was there.
 * @throws Invalid (400) for a form without a picture, and for what only looks like one.
 */
export const takePicture = async (context: QueryContext, key: string, size: ThumbnailSize): Promise<void> => {
  const [storage, media] = [context.resource<FileResources['storage']>('storage'), context.resource<FileResources['media']>('media')];
  const upload = `uploads/pictures/${newId()}`;
  await context.sweptBy(sweepUploads.files, { keys: [upload] }, async () => {
    try {
      await receiveOne(context.request, async (file) => {
        if (sniff(file.firstBytes)?.kind !== 'picture') throw new Invalid('The file is not a picture.');
        await storage.put(upload, file.body, { contentType: 'application/octet-stream' });
      }, { maxBytes: MAX_BYTES });
      await media.withLocalFiles(storage, [upload], ([path]) => withTemporaryFolder(async (at) => {
        await media.thumbnail(path!, at('picture.png'), size);
        await storage.put(key, createReadStream(at('picture.png')), { contentType: 'image/png', size: (await stat(at('picture.png'))).size });
      }));
    } finally {
      await storage.remove(upload);
    }
  });
};
