import { Invalid } from '@shotlog/kernel/errors';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { BrokenMedia } from './errors.ts';
import { SIZES } from './picture.ts';
import { extractFrame, thumbnail, tile } from './stills.ts';
import { makeClip, onEachBuild } from './testing.ts';

/** A movie whose frame n is grey of brightness 30 + 4n, so that each frame can be told. */
const counted = "nullsrc=size=320x180:rate=25,geq=lum='30+4*N':cb=128:cr=128";
/** Brightness 0 to 255 in the middle of a part of a picture. */
const brightness = async (path: string, left = 0, top = 0, width = 320, height = 180): Promise<number> => {
  const { channels } = await sharp(await sharp(path).extract({ left, top, width, height }).removeAlpha().png().toBuffer()).stats();
  return channels[1]!.mean;
};
/** What ffmpeg makes of luma in the range that television uses. */
const expected = (frame: number): number => (30 + 4 * frame - 16) * 255 / 219;

onEachBuild((at) => {
  beforeAll(() => makeClip(at('counted.mp4'), { source: counted, seconds: 2, more: ['-crf', '10', '-vf', 'format=yuv420p'] }));

  it.each([2, 3, 24, 49])('shows frame %i and no other', async (frame) => {
    await extractFrame(at('counted.mp4'), frame, at(`frame-${frame}.png`));
    expect(await sharp(at(`frame-${frame}.png`)).metadata()).toMatchObject({ width: 320, height: 180, format: 'png' });
    expect(Math.abs(await brightness(at(`frame-${frame}.png`)) - expected(frame))).toBeLessThan(2); // frames are 4.6 apart
  });
  it.each([-1, 50, 1.5, NaN])('has no frame %d', (frame) => expect(extractFrame(at('counted.mp4'), frame, at('none.png'))).rejects.toThrow(Invalid));

  it('puts every frame on a sheet, eight in a row', async () => {
    expect(await tile(at('counted.mp4'), at('tile.png'))).toEqual({ columns: 8, rows: 7, cell_width: 178, cell_height: 100, every: 1 });
    expect(await sharp(at('tile.png')).metadata()).toMatchObject({ width: 1424, height: 700 });
    for (const frame of [2, 7, 8, 49]) {
      const middle = await brightness(at('tile.png'), (frame % 8) * 178 + 20, Math.floor(frame / 8) * 100 + 20, 130, 60);
      expect(Math.abs(middle - expected(frame))).toBeLessThan(2);
    }
  });
  it('thins out a movie of more than 2,400 frames', async () => {
    await makeClip(at('long.mp4'), { size: '32x18', rate: '120', seconds: 21, sound: false, more: ['-preset', 'ultrafast'] });
    expect(await tile(at('long.mp4'), at('long.png'))).toEqual({ columns: 8, rows: 158, cell_width: 178, cell_height: 100, every: 2 });
    expect(await sharp(at('long.png')).metadata()).toMatchObject({ width: 1424, height: 15_800 });
  });

  describe('thumbnails of movies', () => {
    it('show the middle of the first second', async () => {
      expect(await thumbnail(at('counted.mp4'), at('preview.png'), SIZES.preview)).toEqual({ width: 320, height: 180 });
      expect(Math.abs(await brightness(at('preview.png')) - expected(12))).toBeLessThan(7);
    });
    it.each(['thumbnail', 'square'] as const)('have the size %s', async (size) => {
      expect(await thumbnail(at('counted.mp4'), at(`${size}.png`), SIZES[size])).toEqual(SIZES[size]);
      expect(await sharp(at(`${size}.png`)).metadata()).toMatchObject({ ...SIZES[size], format: 'png' });
    });
    it('work for a movie of one frame', async () => {
      await makeClip(at('one.mp4'), { seconds: 0.04, sound: false });
      expect(await thumbnail(at('one.mp4'), at('one.png'), SIZES.preview)).toEqual({ width: 320, height: 180 });
      expect(await tile(at('one.mp4'), at('one-tile.png'))).toMatchObject({ rows: 1 });
    });
    it('are refused for a sound', async () => {
      await makeClip(at('sound.wav'), { picture: false });
      await expect(thumbnail(at('sound.wav'), at('sound.png'), SIZES.preview)).rejects.toThrow(BrokenMedia);
    });
  });
});
