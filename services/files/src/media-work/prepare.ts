import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type * as media from '@shotlog/media';
import { withTemporaryFolder } from '@shotlog/media/temporary';
import { previewKeys } from '../storage/keys.ts';

/** What has to be made of an upload, with the production's wishes for its movies. */
export type Work = {
  id: string; kind: 'picture' | 'movie'; source_key: string;
  fps: string | null; width: number | null; height: number | null; high_mbit: number; low_mbit: number;
};
/** Fields of the preview file once its objects are there. */
export type Made = { width: number; height: number; duration: number; file_size: number; extension: string; data?: Record<string, number> };
type Tools = { storage: media.Storage; media: typeof media };

const store = async (storage: media.Storage, key: string, path: string, contentType: string): Promise<number> => {
  const { size } = await stat(path);
  await storage.put(key, createReadStream(path), { contentType, size });
  return size;
};

/** The three sizes in which lists and players show a preview, made of a picture. */
const storeThumbnails = async ({ storage, media: tools }: Tools, id: string, picture: string, at: (name: string) => string, signal?: AbortSignal): Promise<void> => {
  const keys = previewKeys(id);
  for (const [name, key] of [['preview', keys.preview], ['thumbnail', keys.thumbnail], ['square', keys.square]] as const) {
    await tools.thumbnail(picture, at(`${name}.png`), tools.SIZES[name], { signal });
    await store(storage, key, at(`${name}.png`), 'image/png');
  }
};

/** A picture becomes PNG, as clients of the API expect whatever was sent; a PNG stays as it is, byte by byte. */
const preparePicture = (tools: Tools, work: Work, signal: AbortSignal): Promise<Made> =>
  tools.media.withLocalFiles(tools.storage, [work.source_key], ([source]) => withTemporaryFolder(async (at) => {
    const { width, height } = await tools.media.pictureSize(source!, { signal });
    const isPng = (await tools.media.sniffFile(source!))?.name === 'png';
    if (!isPng) await tools.media.thumbnail(source!, at('original.png'), { width, height: null }, { signal });
    const original = isPng ? source! : at('original.png');
    await storeThumbnails(tools, work.id, original, at, signal);
    return { width, height, duration: 0, file_size: await store(tools.storage, previewKeys(work.id).original, original, 'image/png'), extension: 'png' };
  }));

const prepareMovie = (tools: Tools, work: Work, signal: AbortSignal): Promise<Made> =>
  tools.media.withLocalFiles(tools.storage, [work.source_key], ([source]) => withTemporaryFolder(async (at) => {
    const [keys, asked] = [previewKeys(work.id), await tools.media.probeMovie(source!, { signal })];
    const made = await tools.media.normaliseMovie(source!, { high: at('high.mp4'), low: at('low.mp4') },
      { fps: work.fps, width: work.width, height: work.height, highMbit: work.high_mbit, lowMbit: work.low_mbit, movie: asked, signal });
    await tools.media.tile(at('high.mp4'), at('tile.png'), { movie: made.movie, signal });
    await tools.media.thumbnail(at('high.mp4'), at('still.png'), { width: made.width, height: null }, { movie: made.movie, signal });
    await storeThumbnails(tools, work.id, at('still.png'), at, signal);
    await store(tools.storage, keys.original, at('still.png'), 'image/png');
    await store(tools.storage, keys.tile, at('tile.png'), 'image/png');
    await store(tools.storage, keys.low, at('low.mp4'), 'video/mp4');
    const file_size = await store(tools.storage, keys.high, at('high.mp4'), 'video/mp4');
    return { width: made.width, height: made.height, duration: Math.round(made.duration_s * 1000) / 1000, file_size, extension: 'mp4',
      data: { original_width: asked.width, original_height: asked.height, original_duration: asked.duration_s, original_file_size: (await stat(source!)).size } };
  }));

/**
 * Makes everything that is served of an uploaded picture or movie. Running it again makes the same again.
 * @throws BrokenMedia, UnsupportedMedia (what was sent cannot be shown), MediaTimeout.
 */
export const prepare = (tools: Tools, work: Work, signal: AbortSignal): Promise<Made> =>
  (work.kind === 'picture' ? preparePicture(tools, work, signal) : prepareMovie(tools, work, signal));

/** Replaces a movie's thumbnails by those of one of its frames, counted from 0. @throws Invalid (400) for a frame that is not there. */
export type FrameThumbnails = (row: { id: string }, frame_number: number) => Promise<void>;
export const frameThumbnails = (tools: Tools): FrameThumbnails => (row, frame_number) =>
  tools.media.withLocalFiles(tools.storage, [previewKeys(row.id).high], ([movie]) => withTemporaryFolder(async (at) => {
    await tools.media.extractFrame(movie!, frame_number, at('frame.png'));
    await storeThumbnails(tools, row.id, at('frame.png'), at);
    await store(tools.storage, previewKeys(row.id).original, at('frame.png'), 'image/png');
  }));
