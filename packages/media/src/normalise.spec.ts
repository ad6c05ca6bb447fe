import { access, readFile, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { BrokenMedia, MediaTimeout } from './errors.ts';
import { normaliseMovie } from './normalise.ts';
import type { NormaliseOptions } from './normalise.ts';
import { makeClip, onEachBuild, streamsOf } from './testing.ts';

const noise = 'nullsrc=size=1280x720:rate=25,geq=random(1)*255:128:128';
const isThere = (path: string): Promise<boolean> => access(path).then(() => true, () => false);

onEachBuild((at) => {
  const normalise = async (name: string, options: Partial<NormaliseOptions> = {}) => {
    const outputs = { high: at(`${name}.high.mp4`), low: at(`${name}.low.mp4`) };
    const result = await normaliseMovie(at(name), outputs, { fps: '25', width: 640, height: 360, ...options });
    return { ...outputs, result };
  };
  const sound = { type: 'audio', codec: 'aac', sample_rate: '48000', channels: 2 };
  const picture = { type: 'video', codec: 'h264', pix_fmt: 'yuv420p', rate: '25/1', width: 640, height: 360 };

  it('gives a movie the production’s shape and rate, and keeps its sound', async () => {
    await makeClip(at('a.mp4'), { seconds: 2, rate: '30' });
    const { high, low, result } = await normalise('a.mp4');
    expect(result).toMatchObject({ width: 640, height: 360, low_width: 640, low_height: 360, duration_s: 2, frame_rate: '25' });
    for (const path of [high, low]) expect(await streamsOf(path)).toMatchObject([{ ...picture, duration: 2 }, { ...sound, duration: 2 }]);
  });
  it('gives a silent movie of odd size and other colours a silence as long as it is', async () => {
    await makeClip(at('b.mov'), { size: '401x225', rate: '24000/1001', sound: false, more: ['-pix_fmt', 'yuv444p'] });
    const { high } = await normalise('b.mov');
    expect(await streamsOf(high)).toMatchObject([{ ...picture, duration: 1 }, { ...sound, duration: 1 }]);
  });
  it('cuts or fills up a sound that is not as long as the picture', async () => {
    await makeClip(at('long-sound.mp4'), { sound: false });
    for (const [name, seconds] of [['short', 0.3], ['long', 3]] as const) {
      await makeClip(at(`${name}.wav`), { picture: false, seconds });
      await makeClip(at(`${name}.mkv`), { picture: false, sound: false, seconds: 9, inputs: [at('long-sound.mp4'), at(`${name}.wav`)], more: ['-c', 'copy'] });
      const { high } = await normalise(`${name}.mkv`);
      expect((await streamsOf(high)).map((stream) => stream.duration)).toEqual([1, 1]);
    }
  });
  it('keeps the movie’s own size and rate when the production has none, low at most 1280 wide', async () => {
    await makeClip(at('wide.mp4'), { size: '2000x500', rate: '12', seconds: 0.5 });
    const { low, result } = await normalise('wide.mp4', { fps: null, width: null, height: null });
    expect(result).toMatchObject({ width: 2000, height: 500, low_width: 1280, low_height: 320, frame_rate: '12/1' });
    expect(await streamsOf(low)).toMatchObject([{ width: 1280, height: 320, rate: '12/1' }, sound]);
  });
  it('starts to play before it is loaded', async () => {
    await makeClip(at('fast.mp4'));
    const bytes = await readFile((await normalise('fast.mp4')).high);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });
  it('keeps below the highest bit rate', async () => {
    await makeClip(at('noise.mp4'), { source: noise, seconds: 2, more: ['-preset', 'ultrafast'] });
    const { high, low } = await normalise('noise.mp4', { width: 1280, height: 720, highMbit: 4, lowMbit: 1 });
    for (const [path, mbit] of [[high, 4], [low, 1]] as const) {
      // Two seconds, plus the two seconds that the buffer may run ahead.
      expect((await readFile(path)).length * 8).toBeLessThan(mbit * 1e6 * 4.2);
    }
  });
  it('tells how far it is', async () => {
    await makeClip(at('progress.mp4'), { seconds: 2 });
    const seen: number[] = [];
    await normalise('progress.mp4', { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.at(-1)).toBe(1);
    expect(seen.every((fraction, index) => fraction >= (seen[index - 1] ?? 0) && fraction <= 1)).toBe(true);
  });

  describe('leaves no file', () => {
    const leavesNone = async (name: string, options: Partial<NormaliseOptions>): Promise<unknown> => {
      const error: unknown = await normalise(name, options).then(() => null, (reason: unknown) => reason);
      expect([await isThere(at(`${name}.high.mp4`)), await isThere(at(`${name}.low.mp4`))]).toEqual([false, false]);
      return error;
    };
    it('of a broken movie', async () => {
      await makeClip(at('cut.mp4'));
      await truncate(at('cut.mp4'), 3000);
      expect(await leavesNone('cut.mp4', {})).toBeInstanceOf(BrokenMedia);
    });
    it('of something else', async () => {
      await writeFile(at('text.mp4'), 'no movie');
      await makeClip(at('sound.wav'), { picture: false });
      expect(await leavesNone('text.mp4', {})).toBeInstanceOf(BrokenMedia);
      expect(await leavesNone('sound.wav', {})).toBeInstanceOf(BrokenMedia);
    });
    it('when it takes too long', async () => {
      await makeClip(at('slow.mp4'), { seconds: 60, size: '640x360', more: ['-preset', 'ultrafast'] });
      expect(await leavesNone('slow.mp4', { limit_s: 0.3 })).toBeInstanceOf(MediaTimeout);
    });
    it('when it is given up in the middle', async () => {
      const giveUp = new AbortController();
      const error = await leavesNone('slow.mp4', { signal: giveUp.signal, onProgress: () => giveUp.abort() });
      expect(error).toBe(giveUp.signal.reason);
    });
  });
});
