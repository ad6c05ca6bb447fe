import { readFile, truncate, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { BrokenMedia } from './errors.ts';
import { runFfmpeg, runFfprobe } from './ffmpeg.ts';
import { probe, probeMovie } from './probe.ts';
import { makeClip, onEachBuild } from './testing.ts';

onEachBuild((at) => {
  it('tells a movie with sound', async () => {
    const path = await makeClip(at('sound.mp4'), { seconds: 2 });
    expect(await probe(path)).toMatchObject({ kind: 'movie', duration_s: 2, width: 320, height: 180, fps: 25, frames: 50, has_audio: true,
      video_codec: 'h264', audio_codec: 'aac', pix_fmt: 'yuv420p', sample_rate: 44100, channels: 1 });
  });
  it('tells a silent movie with a broadcast rate', async () => {
    const path = await makeClip(at('silent.mov'), { rate: '24000/1001', sound: false });
    const found = await probe(path);
    expect(found).toMatchObject({ kind: 'movie', frame_rate: '24000/1001', frames: 24, has_audio: false, audio_codec: null, sample_rate: null });
    expect(found.fps).toBeCloseTo(23.976, 3);
  });
  it('measures a movie that says no length, as browsers record them', async () => {
    const path = await makeClip(at('live.mkv'), { seconds: 2, more: ['-f', 'matroska', '-live', '1'] });
    expect((await probe(path)).duration_s).toBeCloseTo(2, 1);
  });
  it('tells the size as shown of stretched pixels', async () => {
    const path = await makeClip(at('anamorphic.mp4'), { size: '160x180', more: ['-aspect', '16:9'] });
    expect(await probe(path)).toMatchObject({ width: 320, height: 180, coded_width: 160, coded_height: 180 });
  });
  it('tells a sound, and does not take its cover for a movie', async () => {
    await sharp({ create: { width: 32, height: 32, channels: 3, background: 'red' } }).png().toFile(at('cover.png'));
    const path = await makeClip(at('song.mp3'), { picture: false, inputs: [at('cover.png')], more: ['-map', '0:a', '-map', '1:v', '-c:v', 'copy'] });
    expect(await probe(path)).toMatchObject({ kind: 'audio', width: null, fps: null, has_audio: true, audio_codec: 'mp3' });
  });
  it('tells a picture by its bytes, whatever its name', async () => {
    await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } }).jpeg().toFile(at('picture.jpg'));
    await writeFile(at('picture.mp4'), await readFile(at('picture.jpg')));
    expect(await probe(at('picture.mp4'))).toMatchObject({ kind: 'picture', width: 40, height: 30, video_codec: 'jpg', duration_s: null });
  });
  it('knows nothing of other files', async () => {
    await writeFile(at('notes.mp4'), 'a text');
    expect((await probe(at('notes.mp4'))).kind).toBe('unknown');
    await expect(probeMovie(at('notes.mp4'))).rejects.toThrow(BrokenMedia);
  });
  it('calls a movie broken that lost its end', async () => {
    const path = await makeClip(at('cut.mp4'));
    await truncate(path, 2000);
    await expect(probe(path)).rejects.toThrow(BrokenMedia);
  });
  it('calls a picture broken that has only its head', async () => {
    await writeFile(at('head.png'), '\x89PNG\r\n\x1a\n and nothing else', 'latin1');
    await expect(probe(at('head.png'))).rejects.toThrow(BrokenMedia);
  });
  it.each([
    ['an HLS playlist', (clip: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${clip}\n#EXT-X-ENDLIST\n`],
    ['a concat list', () => 'ffconcat version 1.0\nfile inner.mp4\n'],
  ])('never opens the files that %s names', async (name, list) => {
    await makeClip(at('inner.mp4'));
    const path = at(`${name.replaceAll(' ', '-')}.mp4`);
    await writeFile(path, list(at('inner.mp4')));
    expect((await probe(path)).kind).toBe('unknown');
    await expect(runFfprobe(path, ['-show_streams'])).rejects.toThrow(BrokenMedia);
    await expect(runFfmpeg({ inputs: [{ path }], outputs: [{ path: at('leak.mp4'), options: ['-f', 'mp4'] }] })).rejects.toThrow(BrokenMedia);
  });
});
