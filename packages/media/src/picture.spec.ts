import { readFile, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { BrokenMedia, UnsupportedMedia } from './errors.ts';
import { pictureSize, pictureThumbnail, SIZES } from './picture.ts';
import { makeClip, onEachBuild } from './testing.ts';

const red = { width: 800, height: 200, channels: 3, background: { r: 255, g: 0, b: 0 } } as const;
const pixel = async (path: string, left: number, top: number): Promise<number[]> =>
  [...await sharp(path).ensureAlpha().extract({ left, top, width: 1, height: 1 }).raw().toBuffer()];
/** A Radiance picture of one colour: 2 to the power of `exponent` - 128, times `mantissa` / 256. */
const radiance = (width: number, height: number, rgbe: readonly number[], coded: boolean): Buffer => {
  const line = coded
    ? [2, 2, width >> 8, width & 255, ...rgbe.flatMap((value) => Array.from({ length: Math.ceil(width / 100) }, (_, at) => [128 + Math.min(100, width - at * 100), value]).flat())]
    : Array.from({ length: width }, () => rgbe).flat();
  return Buffer.concat([Buffer.from(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`), ...Array.from({ length: height }, () => Buffer.from(line))]);
};

onEachBuild((at) => {
  it('puts a wide picture between transparent borders', async () => {
    await sharp({ create: red }).png().toFile(at('wide.png'));
    expect(await pictureThumbnail(at('wide.png'), at('thumb.png'), SIZES.thumbnail)).toEqual({ width: 150, height: 100 });
    expect(await pixel(at('thumb.png'), 75, 50)).toEqual([255, 0, 0, 255]);
    expect((await pixel(at('thumb.png'), 75, 5))[3]).toBe(0);
  });
  it('follows the picture’s shape in a preview, and does not enlarge it', async () => {
    await sharp({ create: { ...red, width: 2400 } }).jpeg().toFile(at('large.jpg'));
    expect(await pictureThumbnail(at('large.jpg'), at('preview.png'), SIZES.preview)).toEqual({ width: 1200, height: 100 });
    expect(await pictureThumbnail(at('wide.png'), at('preview.png'), SIZES.preview)).toEqual({ width: 800, height: 200 });
  });
  it('turns a photograph upright', async () => {
    await sharp({ create: red }).withMetadata({ orientation: 6 }).jpeg().toFile(at('turned.jpg'));
    expect(await pictureSize(at('turned.jpg'))).toEqual({ width: 200, height: 800 });
    expect(await pictureThumbnail(at('turned.jpg'), at('upright.png'), SIZES.preview)).toEqual({ width: 200, height: 800 });
  });
  it.each(['webp', 'tiff', 'gif', 'avif'] as const)('reads %s', async (format) => {
    await sharp({ create: red }).toFormat(format).toFile(at(`a.${format}`));
    expect(await pictureSize(at(`a.${format}`))).toEqual({ width: 800, height: 200 });
    expect(await pictureThumbnail(at(`a.${format}`), at(`${format}.png`), SIZES.square)).toEqual({ width: 100, height: 100 });
  });
  it.each([['bmp', 'bgr24'], ['dpx', 'gbrp10be']])('reads %s, which sharp does not', async (extension, pix_fmt) => {
    const path = await makeClip(at(`a.${extension}`), { sound: false, seconds: 0.04, source: 'color=red:size=64x36', more: ['-pix_fmt', pix_fmt] });
    expect(await pictureSize(path)).toEqual({ width: 64, height: 36 });
    await pictureThumbnail(path, at('converted.png'), SIZES.thumbnail);
    expect((await pixel(at('converted.png'), 75, 50))[0]).toBeGreaterThan(240);
  });
  it.each([['run-length coded', true], ['plain', false]])('reads a %s HDR picture', async (_, coded) => {
    await writeFile(at('sky.hdr'), radiance(400, 20, [128, 64, 0, 129], coded)); // 1, 0.5 and 0 of white
    expect(await pictureSize(at('sky.hdr'))).toEqual({ width: 400, height: 20 });
    await pictureThumbnail(at('sky.hdr'), at('sky.png'), SIZES.preview);
    expect(await pixel(at('sky.png'), 200, 10)).toEqual([255, 186, 0, 255]);
  });
  it('thins out a wide HDR picture', async () => {
    await writeFile(at('wide.hdr'), radiance(8200, 30, [128, 128, 128, 129], true));
    expect(await pictureSize(at('wide.hdr'))).toEqual({ width: 8200, height: 30 });
    expect(await pictureThumbnail(at('wide.hdr'), at('wide-hdr.png'), SIZES.preview)).toMatchObject({ width: 1200 });
  });
  it.each([100, 500])('refuses an HDR picture that ends after %i bytes', async (length) => {
    await writeFile(at('cut.hdr'), radiance(400, 20, [128, 64, 0, 129], true).subarray(0, length));
    await expect(pictureThumbnail(at('cut.hdr'), at('cut.png'), SIZES.preview)).rejects.toThrow(BrokenMedia);
  });
  it('refuses a bomb before it is decoded', async () => {
    const small = await readFile(at('wide.png'));
    small.writeUInt32BE(60_000, 16); // width and height in the header
    small.writeUInt32BE(60_000, 20);
    await writeFile(at('bomb.png'), small);
    await expect(pictureSize(at('bomb.png'))).rejects.toThrow(BrokenMedia);
    await expect(pictureThumbnail(at('bomb.png'), at('x.png'), SIZES.preview)).rejects.toThrow(BrokenMedia);
    await writeFile(at('bomb.hdr'), radiance(1, 1, [1, 1, 1, 128], false).toString('latin1').replace('-Y 1 +X 1', '-Y 60000 +X 60000'), 'latin1');
    await expect(pictureThumbnail(at('bomb.hdr'), at('x.png'), SIZES.preview)).rejects.toThrow(BrokenMedia);
  });
  it('refuses a picture that is cut in the middle', async () => {
    const whole = await sharp({ create: { ...red, noise: { type: 'gaussian', mean: 128, sigma: 60 } } }).png().toBuffer();
    await writeFile(at('cut.png'), whole.subarray(0, whole.length / 2));
    await expect(pictureThumbnail(at('cut.png'), at('x.png'), SIZES.preview)).rejects.toThrow(BrokenMedia);
  });
  it('does not pretend to read what it cannot', async () => {
    await writeFile(at('a.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
    await expect(pictureSize(at('a.heic'))).rejects.toThrow(UnsupportedMedia);
  });
});
