import { stat } from 'node:fs/promises';
import { Invalid } from '@shotlog/kernel/errors';
import { BrokenMedia } from './errors.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { RunOptions } from './ffmpeg.ts';
import { pictureThumbnail } from './picture.ts';
import type { ThumbnailSize } from './picture.ts';
import { probeMovie } from './probe.ts';
import type { Known, MovieProbe } from './probe.ts';
import { sniffFile } from './sniff.ts';
import { withTemporary } from './temporary.ts';

const STILL_LIMIT_S = 60;
const PNG = ['-f', 'image2pipe', '-c:v', 'png']; // `image2` would take a `%` in the name for a counter

/** The movie's size as shown, with square pixels. */
const asShown = (movie: MovieProbe): string => `[0:v:0]scale=${movie.width}:${movie.height},setsar=1`;

const frameAt = async (input: string, movie: MovieProbe, seconds: number, output: string, options: RunOptions): Promise<void> => {
  await runFfmpeg({
    inputs: [{ path: input, options: ['-ss', seconds.toFixed(6)] }], filters: `${asShown(movie)},format=rgb24[still]`,
    outputs: [{ path: output, options: ['-map', '[still]', '-frames:v', '1', ...PNG] }],
  }, { limit_s: STILL_LIMIT_S, ...options });
  // Behind the last frame ffmpeg writes nothing and is content.
  const written = await stat(output).catch(() => null);
  if (!written?.size) throw new BrokenMedia('The movie ends before the frame that it is to show.');
};

/**
 * Writes one frame of a movie as PNG, in the movie's size as shown.
 * @param frame_number counted from 0.
 * @throws Invalid (400) for a frame that the movie does not have, BrokenMedia (400).
 */
export const extractFrame = async (input: string, frame_number: number, output: string, options: RunOptions = {}): Promise<void> => {
  const movie = await probeMovie(input, options);
  const frames = movie.frames ?? Infinity;
  if (!Number.isInteger(frame_number) || frame_number < 0 || frame_number >= frames) {
    throw new Invalid(`The movie has no frame ${frame_number}: its frames are 0 to ${frames - 1}.`);
  }
  // Half a frame early: what is shown is the first frame from there on, and rounding cannot make it the next.
  await frameAt(input, movie, Math.max(0, (frame_number - 0.5) / movie.fps), output, options);
};

/**
 * Writes a thumbnail of a picture, or of a movie's frame in the middle of its first second (the first is often black), as
 * PNG. What sizes mean: `pictureThumbnail`.
 * @throws BrokenMedia (400), UnsupportedMedia (400).
 */
export const thumbnail = async (input: string, output: string, size: ThumbnailSize, options: RunOptions & Known = {}): Promise<{ width: number; height: number }> => {
  if ((await sniffFile(input))?.kind === 'picture') return pictureThumbnail(input, output, size, options);
  const movie = options.movie ?? await probeMovie(input, options);
  return withTemporary('.png', async (still) => {
    const middle = Math.min(1, movie.duration_s) / 2;
    await frameAt(input, movie, Math.max(0, middle - 0.5 / movie.fps), still, options);
    return pictureThumbnail(still, output, size, options);
  });
};

export const TILE_COLUMNS = 8;
export const TILE_HEIGHT = 100;
/** 300 rows of 100 pixels: browsers show no picture higher than 32,767. */
export const MOST_TILES = 2400;

export type Tile = { columns: number; rows: number; cell_width: number; cell_height: number; /** Movie frames from one cell to the next. */ every: number };

/**
 * Writes the sheet of small frames that players show above the time line (`/movies/tiles/preview-files/{id}.png`): eight
 * columns, cells 100 pixels high and as wide as the movie's shape asks (178 for 16:9), from left to right and downwards.
 * One cell for each frame, as Zou 1.0.67 does (looked at on its answers) and as Kitsu counts on; a movie of more than 2,400
 * frames has one for each second, third, … frame. `every` tells.
 * @throws BrokenMedia (400).
 */
export const tile = async (input: string, output: string, options: RunOptions & Known = {}): Promise<Tile> => {
  const movie = options.movie ?? await probeMovie(input, options);
  const frames = movie.frames ?? 1;
  const every = Math.ceil(frames / MOST_TILES);
  const rows = Math.ceil(Math.ceil(frames / every) / TILE_COLUMNS);
  const cell_width = Math.ceil(TILE_HEIGHT * movie.width / movie.height);
  const filters = `${asShown(movie)},select='not(mod(n\\,${every}))',scale=${cell_width}:${TILE_HEIGHT},setsar=1,`
    + `tile=${TILE_COLUMNS}x${rows},format=rgb24[sheet]`;
  await runFfmpeg({
    inputs: [{ path: input }], filters, duration_s: movie.duration_s,
    outputs: [{ path: output, options: ['-map', '[sheet]', '-frames:v', '1', ...PNG] }],
  }, { limit_s: 600, ...options });
  return { columns: TILE_COLUMNS, rows, cell_width, cell_height: TILE_HEIGHT, every };
};
