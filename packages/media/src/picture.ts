import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { BrokenMedia, UnsupportedMedia } from './errors.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { RunOptions } from './ffmpeg.ts';
import { radianceSize, readRadiance } from './radiance.ts';
import { MOST_PIXELS, refuseBombs, sniffFile } from './sniff.ts';
import { withTemporary } from './temporary.ts';

/** libvips keeps up to 50 MB of recent work; ours never repeats. */
sharp.cache(false);

/** Null for the height: whatever keeps the picture's shape. */
export type ThumbnailSize = { width: number; height: number | null };
/** The sizes that Kitsu asks for. */
export const SIZES = {
  thumbnail: { width: 150, height: 100 },
  square: { width: 100, height: 100 },
  preview: { width: 1200, height: null },
} as const satisfies Record<string, ThumbnailSize>;

const SHARP_READS = new Set(['png', 'jpg', 'gif', 'webp', 'tiff', 'avif']);
/** What ffmpeg must turn into PNG first, by the demuxer that is to read it. EXR is linear light and needs a curve for screens. */
const FFMPEG_READS: Record<string, readonly string[]> = {
  exr: ['-apply_trc', 'iec61966_2_1', '-f', 'exr_pipe'], bmp: ['-f', 'bmp_pipe'], dpx: ['-f', 'dpx_pipe'], psd: ['-f', 'psd_pipe'],
};

const asBroken = (error: unknown): BrokenMedia => new BrokenMedia('The picture is damaged or of a kind that cannot be read.', error);

const withConverted = <T>(path: string, name: string, options: RunOptions, work: (picture: Sharp) => Promise<T>): Promise<T> => withTemporary('.png', async (png) => {
  const output = { path: png, options: ['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', '-pix_fmt', 'rgba'] };
  await runFfmpeg({ inputs: [{ path, options: FFMPEG_READS[name]! }], outputs: [output] }, { limit_s: 60, ...options });
  return work(sharp(png, { limitInputPixels: MOST_PIXELS }));
});

/** Opens a picture for `work`, by sharp where it can and else by way of a temporary PNG. */
const withPicture = async <T>(path: string, options: RunOptions, work: (picture: Sharp) => Promise<T>): Promise<T> => {
  const format = await sniffFile(path);
  if (format?.kind !== 'picture') throw new BrokenMedia('The file is not a picture.');
  try {
    if (SHARP_READS.has(format.name)) return await work(sharp(path, { limitInputPixels: MOST_PIXELS, failOn: 'error' }));
    if (format.name === 'hdr') return await work(sharp(...await readRadiance(path)));
    if (format.name in FFMPEG_READS) return await withConverted(path, format.name, options, work);
  } catch (error) {
    throw error instanceof Error && 'kind' in error ? error : options.signal?.aborted ? options.signal.reason : asBroken(error);
  }
  throw new UnsupportedMedia(`Pictures of the kind ${format.name} cannot be read here.`);
};

/**
 * The size of a picture as shown (turned by its EXIF orientation), from its header where the kind allows.
 * @throws BrokenMedia (400), also above 300 megapixels; UnsupportedMedia (400).
 */
export const pictureSize = async (path: string, options: RunOptions = {}): Promise<{ width: number; height: number }> => {
  if ((await sniffFile(path))?.name === 'hdr') return radianceSize(path);
  return withPicture(path, options, async (picture) => {
    const { autoOrient, width, height } = await picture.metadata();
    refuseBombs({ width, height });
    return autoOrient;
  });
};

/**
 * Writes a picture as PNG of that size, as Zou 1.0.67 does (looked at on its answers): with both sides given the whole
 * picture stands in the middle of transparent borders; with a width alone the height follows. Small pictures are enlarged
 * only for the former. Of an animation the first picture is taken.
 * @throws BrokenMedia (400), UnsupportedMedia (400).
 */
export const pictureThumbnail = (path: string, output: string, size: ThumbnailSize, options: RunOptions = {}): Promise<{ width: number; height: number }> =>
  withPicture(path, options, async (picture) => {
    const { width, height } = await picture.metadata();
    refuseBombs({ width, height });
    const background = { r: 0, g: 0, b: 0, alpha: 0 };
    const resized = size.height === null
      ? picture.autoOrient().resize({ width: size.width, withoutEnlargement: true })
      : picture.autoOrient().resize({ width: size.width, height: size.height, fit: 'contain', background });
    const written = await resized.toColourspace('srgb').png({ compressionLevel: 6 }).toFile(output);
    return { width: written.width, height: written.height };
  });
