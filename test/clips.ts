import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mediaTools } from '@shotlog/media';

const run = promisify(execFile);

export type Clip = { seconds: number; size?: string; rate?: number; sound?: boolean };

/** A real movie, made by ffmpeg's test sources. */
export const makeClip = async ({ seconds, size = '320x180', rate = 25, sound = true }: Clip): Promise<Uint8Array<ArrayBuffer>> => {
  const ffmpeg = mediaTools().ffmpeg.path;
  const file = join(await mkdtemp(join(tmpdir(), 'shotlog-clip-')), 'clip.mp4');
  await run(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=${rate}:duration=${seconds}`,
    ...(sound ? ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${seconds}`] : []), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...(sound ? ['-c:a', 'aac'] : []), '-y', file]);
  return new Uint8Array(await readFile(file));
};

export type Probed = { duration: number; streams: { codec_type: string; width?: number; height?: number }[] };

/** What ffprobe says of a movie. */
export const probeBytes = async (bytes: Uint8Array): Promise<Probed> => {
  const ffprobe = mediaTools().ffprobe.path;
  const { writeFile } = await import('node:fs/promises');
  const file = join(await mkdtemp(join(tmpdir(), 'shotlog-probe-')), 'movie.mp4');
  await writeFile(file, bytes);
  const { stdout } = await run(ffprobe, ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', file]);
  const { format, streams } = JSON.parse(stdout);
  return { duration: Number(format.duration), streams };
};
