import { writeFile } from 'node:fs/promises';
import { Invalid } from '@shotlog/kernel/errors';
import { conformPicture, conformSound, encoding, frameFor, frameRate, rateNumber } from './conform.ts';
import type { Frame } from './conform.ts';
import { fileUrl, runFfmpeg } from './ffmpeg.ts';
import type { RunOptions } from './ffmpeg.ts';
import { probeMovie } from './probe.ts';
import type { MovieProbe } from './probe.ts';
import { withTemporaryFolder } from './temporary.ts';

export type ConcatOptions = RunOptions & {
  /** The production's frame rate; null takes the first movie's. */
  fps: string | number | null;
  /** The production's resolution; see `NormaliseOptions`. What is not given follows the first movie. */
  width: number | null;
  height: number | null;
  /** Highest bit rate in Mbit/s when frames are encoded again. Default 28. */
  mbit?: number;
  /** Encodes again even what could be copied. */
  encode?: boolean;
  /** Movies that were encoded alike are copied whatever shape they have; rate and resolution are for the others. */
  keepAlike?: boolean;
};
/** `demuxer`: the streams were copied; `filter`: they were encoded again. */
export type Concatenated = { method: 'demuxer' | 'filter'; duration_s: number };

type Clip = { path: string; movie: MovieProbe };
/** Gives paths in the folder of the work. */
type At = (name: string) => string;
type Target = { frame: Frame; rate: string; mbit: number };

const CRF = 18;
/** ffmpeg opens every clip of a filter graph at once; a long playlist is done in groups whose results are joined. */
const GROUP = 24;

const lengthOf = (clips: readonly Clip[]): number => clips.reduce((sum, { movie }) => sum + movie.duration_s, 0);

const areAlike = ([first, ...others]: readonly Clip[]): boolean => first!.movie.joins_as !== null && others.every(({ movie }) => movie.joins_as === first!.movie.joins_as);

/** Copying is right when all clips were encoded alike, and already in the wanted shape and rate. */
const canCopy = (clips: readonly Clip[], { frame, rate }: Target): boolean => {
  const { width, height, fps } = clips[0]!.movie;
  return areAlike(clips) && width === frame.width && height === frame.height && Math.abs(fps - rateNumber(rate)) < 0.001;
};

/** Each start of ffprobe costs more than its look: a few at a time. */
const PROBES = 4;
const probed = async (inputs: readonly string[], signal: AbortSignal | undefined): Promise<Clip[]> => {
  const clips: Clip[] = [];
  for (let next = 0; next < inputs.length; next += PROBES) clips.push(...await Promise.all(inputs.slice(next, next + PROBES).map(async (path) => ({ path, movie: await probeMovie(path, { signal }) }))));
  return clips;
};

/**
 * A movie in a list for the concat demuxer; inside its quotes only a quote is special. The length is the picture's: without
 * it the next movie starts where the sound ends, up to 20 ms late, and a long playlist drifts.
 */
const listed = ({ path, movie }: Clip): string => {
  if (/[\n\r]/.test(path)) throw new Invalid('A movie path holds a line break.');
  return `file '${fileUrl(path).replaceAll("'", String.raw`'\''`)}'\nduration ${movie.duration_s.toFixed(6)}`;
};

const copy = async (clips: readonly Clip[], output: string, at: At, options: RunOptions): Promise<void> => {
  const list = at('list.txt');
  // `-copyts`: otherwise the picture is put off by the 21 ms that AAC needs to warm up.
  await writeFile(list, clips.map(listed).join('\n'));
  await runFfmpeg({
    inputs: [{ path: list, options: ['-f', 'concat', '-safe', '0'] }], duration_s: lengthOf(clips),
    outputs: [{ path: output, options: ['-map', '0:v:0', '-map', '0:a:0', '-c', 'copy', '-copyts', '-movflags', '+faststart', '-f', 'mp4'] }],
  }, options);
};

const encode = async (clips: readonly Clip[], output: string, { frame, rate, mbit }: Target, options: RunOptions): Promise<void> => {
  const conformed = clips.flatMap(({ movie }, index) =>
    [conformPicture(`${index}:v:0`, movie, frame, rate, `v${index}`), conformSound(index, movie, rate, `a${index}`)]);
  const pairs = clips.map((_, index) => `[v${index}][a${index}]`).join('');
  await runFfmpeg({
    inputs: clips.map(({ path }) => ({ path })), duration_s: lengthOf(clips),
    filters: [...conformed, `${pairs}concat=n=${clips.length}:v=1:a=1[picture][sound]`].join(';'),
    outputs: [{ path: output, options: ['-map', '[picture]', '-map', '[sound]', ...encoding(rate, { crf: CRF, mbit })] }],
  }, options);
};

/** Encodes group by group with one set-up, so that the groups can be joined by copying. */
const encodeInGroups = async (clips: readonly Clip[], output: string, target: Target, at: At, options: RunOptions): Promise<void> => {
  if (clips.length <= GROUP) return encode(clips, output, target, options);
  const parts: Clip[] = [];
  for (let first = 0; first < clips.length; first += GROUP) {
    const group = clips.slice(first, first + GROUP);
    const path = at(`part-${parts.length}.mp4`);
    const [before, share] = [lengthOf(clips.slice(0, first)) / lengthOf(clips), lengthOf(group) / lengthOf(clips)];
    await encode(group, path, target, { ...options, onProgress: (fraction) => options.onProgress?.(before + fraction * share) });
    parts.push({ path, movie: await probeMovie(path, { signal: options.signal }) });
  }
  await copy(parts, output, at, { ...options, onProgress: () => {} });
};

/** Seconds that the joined movie may be longer or shorter than its clips: a frame at each seam and a bit of sound. */
const isWhole = (duration_s: number, clips: readonly Clip[], fps: number): boolean =>
  Math.abs(duration_s - lengthOf(clips)) <= clips.length / fps + 0.1;

/**
 * Joins movies into one MP4 with one picture and one sound, in that order. Movies that were encoded alike (as
 * `normaliseMovie` leaves those of one production) are copied, at the speed of the disk; otherwise all are scaled, padded
 * with black and encoded again, with silence where one has no sound.
 * @throws Invalid (400) for no movie, BrokenMedia (400) for one that cannot be read, MediaTimeout (503,
 * `limit_s`, default an hour for each step); on any failure no output is left.
 */
export const concatMovies = async (inputs: readonly string[], output: string, options: ConcatOptions): Promise<Concatenated> => {
  if (inputs.length === 0) throw new Invalid('There is no movie to join.');
  const { signal } = options;
  const clips = await probed(inputs, signal);
  const first = clips[0]!.movie;
  const { fps, width, height } = options.keepAlike && !options.encode && areAlike(clips) ? { fps: null, width: null, height: null } : options;
  const target: Target = { frame: frameFor(first, width, height), rate: frameRate(fps ?? first.frame_rate), mbit: options.mbit ?? 28 };
  return withTemporaryFolder(async (at) => {
    if (!options.encode && canCopy(clips, target)) {
      await copy(clips, output, at, options);
      const { duration_s } = await probeMovie(output, { signal });
      if (isWhole(duration_s, clips, first.fps)) return { method: 'demuxer', duration_s };
    }
    await encodeInGroups(clips, output, target, at, options);
    return { method: 'filter', duration_s: (await probeMovie(output, { signal })).duration_s };
  });
};
