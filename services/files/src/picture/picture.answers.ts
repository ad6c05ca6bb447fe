import { z } from 'zod';

/** Where a picture is now served. */
export const PicturePath = z.object({ thumbnail_path: z.string() });
