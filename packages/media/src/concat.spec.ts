import { execFileSync } from 'node:child_process';
import { access, readdir, readFile, truncate } from 'node:fs/promises';
import { Invalid } from '@shotlog/kernel/errors';
import { beforeAll, expect, it } from 'vitest';
import { concatMovies } from './concat.ts';
import { BrokenMedia } from './errors.ts';
import { mediaTools } from './media-tools.ts';
import { normaliseMovie } from './normalise.ts';
import { TEMPORARIES } from './temporary.ts';
import { makeClip, onEachBuild, streamsOf } from './testing.ts';

const production = { fps: '25', width: 640, height: 360 };
const joined = (seconds: number) => [
  { type: 'video', codec: 'h264', pix_fmt: 'yuv420p', rate: '25/1', width: 640, height: 360, duration: seconds },
  { type: 'audio', codec: 'aac', sample_rate: '48000', channels: 2 },
];
/** Times of all pictures, in seconds, from the file itself. */
const times = (path: string): number[] =>
  execFileSync(mediaTools().ffprobe.path, ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path]).toString().trim().split('\n').map(parseFloat);
/** Errors that a full decoding meets. */
const decodingErrors = (path: string): string =>
  execFileSync(mediaTools().ffmpeg.path, ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-'], { stdio: 'pipe' }).toString();

onEachBuild((at) => {
  beforeAll(async () => {
    await makeClip(at('a.mp4'), { seconds: 2 });
    await makeClip(at('b.mov'), { size: '401x225', rate: '24000/1001', sound: false, more: ['-pix_fmt', 'yuv444p'] });
    await makeClip(at('c.webm'), { size: '160x160', rate: '30' });
    for (const name of ['a.mp4', 'b.mov', 'c.webm']) await normaliseMovie(at(name), { high: at(`${name}.high.mp4`), low: at(`${name}.low.mp4`) }, production);
  });
  const highs = () => ['a.mp4', 'b.mov', 'c.webm'].map((name) => at(`${name}.high.mp4`));

  it('encodes movies of different sizes, rates, colours and sounds into one', async () => {
    const result = await concatMovies(['a.mp4', 'b.mov', 'c.webm'].map(at), at('mixed.mp4'), production);
    expect(result).toEqual({ method: 'filter', duration_s: 4 });
    const [, sound, ...more] = await streamsOf(at('mixed.mp4'));
    expect(await streamsOf(at('mixed.mp4'))).toMatchObject(joined(4));
    expect(sound!.duration).toBeCloseTo(4, 1);
    expect(more).toEqual([]);
    expect(decodingErrors(at('mixed.mp4'))).toBe('');
  });
  it('copies movies that were normalised for one production, without a seam', async () => {
    expect(await concatMovies(highs(), at('copied.mp4'), production)).toEqual({ method: 'demuxer', duration_s: 4 });
    expect(await streamsOf(at('copied.mp4'))).toMatchObject(joined(4));
    times(at('copied.mp4')).forEach((time, frame) => expect(time).toBeCloseTo(frame / 25, 3));
    expect(times(at('copied.mp4'))).toHaveLength(100);
    expect(decodingErrors(at('copied.mp4'))).toBe('');
  });
  it('encodes equal movies again when the production wants another shape', async () => {
    expect(await concatMovies(highs(), at('smaller.mp4'), { fps: '12', width: 320, height: 240 })).toEqual({ method: 'filter', duration_s: 4 });
    expect(await streamsOf(at('smaller.mp4'))).toMatchObject([{ width: 320, height: 240, rate: '12/1', duration: 4 }, { type: 'audio' }]);
  });
  it('encodes again when one movie alone differs', async () =>
    expect(await concatMovies([at('a.mp4.high.mp4'), at('a.mp4')], at('differs.mp4'), production)).toEqual({ method: 'filter', duration_s: 4 }));
  it('follows the first movie where the production says nothing', async () => {
    await concatMovies(highs(), at('own.mp4'), { fps: null, width: null, height: null });
    expect(await streamsOf(at('own.mp4'))).toMatchObject(joined(4));
  });
  it('joins one movie', async () => expect(await concatMovies([at('b.mov')], at('one.mp4'), production)).toEqual({ method: 'filter', duration_s: 1 }));
  it('starts to play before it is loaded', async () => {
    const bytes = await readFile(at('copied.mp4'));
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });
  it('encodes a long playlist in groups that fit together', async () => {
    await makeClip(at('short.mp4'), { seconds: 0.4, size: '64x36' });
    await makeClip(at('mute.mp4'), { seconds: 0.4, size: '36x64', sound: false });
    const seen: number[] = [];
    const inputs = Array.from({ length: 30 }, (_, index) => at(index % 2 ? 'mute.mp4' : 'short.mp4'));
    const result = await concatMovies(inputs, at('groups.mp4'), { fps: '25', width: 64, height: 36, onProgress: (fraction) => seen.push(fraction) });
    expect(result).toEqual({ method: 'filter', duration_s: 12 });
    times(at('groups.mp4')).forEach((time, frame) => expect(time).toBeCloseTo(frame / 25, 3));
    expect(seen.at(-1)).toBeCloseTo(1, 5);
    expect(seen.every((fraction, index) => fraction >= (seen[index - 1] ?? 0))).toBe(true);
    expect(decodingErrors(at('groups.mp4'))).toBe('');
  });
  it('takes paths with quotes, spaces, colons and percent signs', async () => {
    const odd = at("it's 10%d: a 'take'.mp4");
    await normaliseMovie(at('a.mp4'), { high: odd, low: at('odd %d.mp4') }, production);
    expect(await concatMovies([odd, odd], at('50% : odd.mp4'), production)).toEqual({ method: 'demuxer', duration_s: 4 });
  });
  it('refuses no movie at all', () => expect(concatMovies([], at('none.mp4'), production)).rejects.toThrow(Invalid));
  it('refuses a broken movie among good ones, and leaves nothing', async () => {
    await makeClip(at('cut.mp4'));
    await truncate(at('cut.mp4'), 2500);
    await expect(concatMovies([at('a.mp4'), at('cut.mp4')], at('never.mp4'), production)).rejects.toThrow(BrokenMedia);
    await expect(access(at('never.mp4'))).rejects.toThrow();
    expect((await readdir(TEMPORARIES)).filter((name) => name.split('.')[1] === String(process.pid))).toEqual([]);
  });
  it('ends when it is given up', async () => {
    const giveUp = new AbortController();
    giveUp.abort();
    await expect(concatMovies(highs(), at('never.mp4'), { ...production, signal: giveUp.signal })).rejects.toBe(giveUp.signal.reason);
    await expect(access(at('never.mp4'))).rejects.toThrow();
  });
});
