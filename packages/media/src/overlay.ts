import sharp from 'sharp';
import { MOST_PIXELS } from './sniff.ts';

/**
 * Lays an SVG over a picture. `svg` makes it for the picture's size. Nothing outside the SVG's own text is loaded.
 * @throws Error for a picture that cannot be read or an SVG that is none.
 */
export const overlay = async (picture: Buffer, svg: (width: number, height: number) => string, format: 'png' | 'jpeg'): Promise<{ bytes: Buffer; width: number; height: number }> => {
  const base = sharp(picture, { limitInputPixels: MOST_PIXELS }).flatten({ background: '#000000' });
  const { width, height } = await sharp(picture, { limitInputPixels: MOST_PIXELS }).metadata();
  const composed = base.composite([{ input: Buffer.from(svg(width, height)), top: 0, left: 0 }]).toColourspace('srgb');
  const { data, info } = await (format === 'png' ? composed.png() : composed.jpeg({ quality: 90 })).toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
};
