import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { mediaTools } from './media-tools.ts';

const run = promisify(execFile);

/** A clip to be generated: `lavfi` sources, then what to do with them. */
export type ClipOptions = { size?: string; rate?: string; seconds?: number; sound?: boolean; picture?: boolean; source?: string; /** Files read besides. */ inputs?: readonly string[]; more?: readonly string[] };

/** Generates a short test movie with the ffmpeg that is in use; the extension decides the container. */
export const makeClip = async (path: string, options: ClipOptions = {}): Promise<string> => {
  const { size = '320x180', rate = '25', seconds = 1, sound = true, picture = true, source = `testsrc=size=${size}:rate=${rate}`, inputs = [], more = [] } = options;
  await run(mediaTools().ffmpeg.path, ['-v', 'error', '-y', ...(picture ? ['-f', 'lavfi', '-i', source] : []),
    ...(sound ? ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100'] : []), ...inputs.flatMap((input) => ['-i', input]), '-t', String(seconds), ...(picture ? ['-pix_fmt', 'yuv420p'] : []), ...more, path]);
  return path;
};

/** The streams as ffprobe sees them, asked without any of our own code. */
export const streamsOf = async (path: string): Promise<{ type: string; codec: string; width?: number; height?: number; rate: string; pix_fmt?: string; sample_rate?: string; channels?: number; duration: number }[]> => {
  const { stdout } = await run(mediaTools().ffprobe.path, ['-v', 'error', '-show_streams', '-print_format', 'json', path]);
  return (JSON.parse(stdout) as { streams: Record<string, never>[] }).streams.map((stream) => ({
    type: stream.codec_type!, codec: stream.codec_name!, rate: stream.r_frame_rate!, duration: Number(stream.duration),
    ...(stream.width ? { width: stream.width, height: stream.height, pix_fmt: stream.pix_fmt } : { sample_rate: stream.sample_rate, channels: stream.channels }),
  }));
};

const require = createRequire(import.meta.url);

/** The builds that everything is tested with: the bundled one, and the one on PATH where there is one. */
const builds = (): { name: string; env: Record<string, string> }[] => {
  const bundled = {
    FFMPEG_PATH: (require('@ffmpeg-installer/ffmpeg') as { path: string }).path,
    FFPROBE_PATH: (require('@ffprobe-installer/ffprobe') as { path: string }).path,
  };
  const found = mediaTools({ PATH: process.env.PATH });
  const onPath = found.ffmpeg.from === 'PATH' ? [{ name: 'the ffmpeg on PATH', env: { FFMPEG_PATH: found.ffmpeg.path, FFPROBE_PATH: found.ffprobe.path } }] : [];
  return [{ name: 'the bundled ffmpeg', env: bundled }, ...onPath];
};

/** Runs a suite once with each build. `at` gives a path in a folder that is removed afterwards. */
export const onEachBuild = (suite: (at: (name: string) => string) => void): void => {
  describe.each(builds())('with $name', ({ env }) => {
    let folder: string;
    beforeAll(async () => {
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      folder = await mkdtemp(join(tmpdir(), 'shotlog-media-test-'));
    });
    afterAll(async () => {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true, force: true });
    });
    suite((name) => join(folder, name));
  });
};
