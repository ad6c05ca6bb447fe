import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MediaToolsMissing } from './errors.ts';
import { mediaTools, mediaToolVersions } from './media-tools.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotlog-tools-'));
  for (const name of ['ffmpeg', 'ffprobe', 'not-for-running']) await writeFile(join(folder, name), '#!/bin/sh\n');
  for (const name of ['ffmpeg', 'ffprobe']) await chmod(join(folder, name), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('takes what the variables name before anything else', () => {
  const env = { FFMPEG_PATH: join(folder, 'ffmpeg'), FFPROBE_PATH: join(folder, 'ffprobe'), PATH: process.env.PATH };
  expect(mediaTools(env)).toEqual({ ffmpeg: { path: env.FFMPEG_PATH, from: 'FFMPEG_PATH' }, ffprobe: { path: env.FFPROBE_PATH, from: 'FFPROBE_PATH' } });
});
it('takes the ffprobe beside a named ffmpeg', () =>
  expect(mediaTools({ FFMPEG_PATH: join(folder, 'ffmpeg') }).ffprobe).toEqual({ path: join(folder, 'ffprobe'), from: 'FFMPEG_PATH' }));
it('looks on PATH next', () =>
  expect(mediaTools({ PATH: `/nowhere:${folder}` }).ffmpeg).toEqual({ path: join(folder, 'ffmpeg'), from: 'PATH' }));
it('falls back to the bundled builds', () => expect(mediaTools({})).toMatchObject({ ffmpeg: { from: 'bundled' }, ffprobe: { from: 'bundled' } }));
it.each(['nowhere', 'not-for-running'])('refuses a variable that names %s, and says so', (name) =>
  expect(() => mediaTools({ FFMPEG_PATH: join(folder, name) })).toThrow(new MediaToolsMissing(`FFMPEG_PATH names ${join(folder, name)}, which is not a program that can be run.`)));
it('asks the binaries for their versions', async () => {
  const { ffmpeg, ffprobe } = await mediaToolVersions();
  expect([ffmpeg.version, ffprobe.version]).toEqual([expect.stringMatching(/^ffmpeg version /), expect.stringMatching(/^ffprobe version /)]);
});
