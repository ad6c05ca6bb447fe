import { z } from 'zod';

const bytes = (byDefault: number) => z.coerce.number().int().min(1).default(byDefault);

/** What of the environment concerns stored files. Without S3 they lie in a folder below DATA_DIR. */
export const FilesConfig = z.object({
  DATA_DIR: z.string().default('./data'),
  S3_ENDPOINT: z.string().optional(),
  S3_BUCKET: z.string().default('shotlog'),
  S3_ACCESS_KEY: z.string().default(''),
  S3_SECRET_KEY: z.string().default(''),
  S3_REGION: z.string().optional(),
  /** The largest file that is taken; a larger one is refused with 413. */
  UPLOAD_MAX_BYTES: bytes(20 * 1024 ** 3),
  /** How many movies this process encodes at once; 0: none, others do. */
  MEDIA_WORKERS: z.coerce.number().int().min(0).max(64).default(1),
  /** How long an upload waits for its preview to be made ready before it answers `processing`. */
  PREVIEW_WAIT_MS: z.coerce.number().int().min(0).max(120_000).default(10_000),
});
export type FilesConfig = z.infer<typeof FilesConfig>;
