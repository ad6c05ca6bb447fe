import { join } from 'node:path';
import * as media from '@shotlog/media';
import { FilesConfig } from '../config.ts';

/** What handlers of stored files get by `context.resource`: the storage, the media tools and the limits. */
export type FileResources = { storage: media.Storage; media: typeof media; limits: FilesConfig };

/** Opens the storage that the environment names: S3 with `S3_ENDPOINT`, otherwise the folder `objects` below `DATA_DIR`. */
export const openFileResources = async (environment: Record<string, unknown>): Promise<FileResources> => {
  const limits = FilesConfig.parse(environment);
  const storage = await media.openStorage(limits.S3_ENDPOINT
    ? { s3: { endpoint: limits.S3_ENDPOINT, bucket: limits.S3_BUCKET, accessKey: limits.S3_ACCESS_KEY, secretKey: limits.S3_SECRET_KEY, region: limits.S3_REGION } }
    : { folder: join(limits.DATA_DIR, 'objects') });
  return { storage, media, limits };
};
