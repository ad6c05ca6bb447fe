import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import Ffmpeg from 'fluent-ffmpeg';
import type { FfmpegCommand } from 'fluent-ffmpeg';
import { BrokenMedia, MediaTimeout } from './errors.ts';
import { mediaTools } from './media-tools.ts';
import { MOST_PIXELS } from './sniff.ts';

/** How a command may be ended from outside, and how it tells how far it is. */
export type RunOptions = {
  /** Kills the process; the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Seconds until it is killed and `MediaTimeout` thrown. Default 3600 for encoding, 60 for looking. */
  limit_s?: number;
  /** Between 0 and 1, about twice a second. */
  onProgress?: (fraction: number) => void;
};
export type Input = { path: string; options?: readonly string[] };
export type Output = { path: string; options: readonly string[] };
export type Job = {
  inputs: readonly Input[];
  /** At least one; removed again when the job fails. */
  outputs: readonly Output[];
  filters?: string;
  /** What 1 means for `onProgress`. */
  duration_s?: number;
};

/**
 * The demuxers that uploads may reach. Not among them: playlists and lists (hls, dash, concat), image patterns and
 * devices, which open further files. `concat` is let in for our own lists alone.
 */
const DEMUXERS = ['mov', 'matroska', 'avi', 'mpegts', 'mpeg', 'mxf', 'flv', 'asf', 'ogg', 'wav', 'mp3', 'flac', 'aac', 'aiff',
  'exr_pipe', 'bmp_pipe', 'dpx_pipe', 'psd_pipe'];
const fence = (demuxers: readonly string[]): string[] => ['-protocol_whitelist', 'file,pipe', '-format_whitelist', demuxers.join(',')];

/** ffmpeg reads `-`, `x:y` and `%d` in names as something else than a file; with `file:` and from the root they are one. */
export const fileUrl = (path: string): string => `file:${resolve(path)}`;

const NO_INPUT = ['-nostdin', '-hide_banner', '-v', 'error', '-stats', '-y'];

const build = (job: Job): FfmpegCommand => {
  const command = Ffmpeg({ stdoutLines: 40 }).setFfmpegPath(mediaTools().ffmpeg.path);
  job.inputs.forEach(({ path, options = [] }, index) => {
    const isOwnList = options.includes('concat');
    // More than one argument each: a single one is split at its spaces.
    command.input(fileUrl(path)).inputOptions(...(index === 0 ? NO_INPUT : []), ...fence(isOwnList ? [...DEMUXERS, 'concat'] : DEMUXERS),
      '-max_pixels', String(MOST_PIXELS), ...options);
  });
  job.outputs.forEach(({ path, options }, index) => {
    command.output(fileUrl(path)).outputOptions(...(index === 0 && job.filters ? ['-filter_complex', job.filters] : []), ...options, '-map_metadata', '-1');
  });
  return command;
};

const secondsOf = (line: string): number | null => {
  const time = /time=(\d+):(\d+):(\d+(?:\.\d+)?)/.exec(line);
  return time ? Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]) : null;
};

/** What went wrong, for the log alone: it names paths of this machine. */
const failure = (lines: readonly string[], cause: Error): Error => new Error(lines.slice(-12).join('\n') || cause.message, { cause });

/** Errors of the machine, not of the file: nobody should be told that his movie is broken. */
const isOfMachine = (text: string): boolean => /No space left|Cannot allocate memory|Too many open files|Permission denied|was killed with signal/.test(text);

const execute = (command: FfmpegCommand, job: Job, options: RunOptions): Promise<void> => new Promise((done, fail) => {
  const lines: string[] = [];
  let ended: unknown;
  let runs = false;
  const end = (reason: unknown): void => {
    ended ??= reason;
    if (runs) command.kill('SIGKILL');
  };
  const limit_s = options.limit_s ?? 3600;
  const abort = (): void => end(options.signal!.reason);
  const timer = setTimeout(() => end(new MediaTimeout(`The movie work took longer than ${limit_s} seconds and was ended.`)), limit_s * 1000);
  const settle = (): void => {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  };
  options.signal?.addEventListener('abort', abort);
  command.on('start', () => { runs = true; if (ended !== undefined) command.kill('SIGKILL'); });
  command.on('stderr', (line: string) => {
    const seconds = secondsOf(line);
    if (seconds === null) lines.push(line);
    else if (job.duration_s) options.onProgress?.(Math.min(1, seconds / job.duration_s));
    if (lines.length > 100) lines.shift(); // a damaged movie may complain about each frame
  });
  command.on('end', () => { settle(); if (ended === undefined) done(); else fail(ended); });
  command.on('error', (error: Error) => {
    settle();
    const cause = failure(lines, error);
    if (ended !== undefined) fail(ended);
    else fail(isOfMachine(cause.message) || isOfMachine(error.message) ? cause : new BrokenMedia('The file is damaged or of a kind that cannot be read.', cause));
  });
  command.run();
});

/**
 * Runs ffmpeg. Inputs reach no network and no file but themselves; outputs of a job that fails are removed.
 * @throws BrokenMedia (400), MediaTimeout (503), MediaToolsMissing (503), the signal's reason; a plain error when the
 * machine is at fault (disk full, killed from outside).
 */
export const runFfmpeg = async (job: Job, options: RunOptions = {}): Promise<void> => {
  options.signal?.throwIfAborted();
  try {
    await execute(build(job), job, options);
  } catch (error) {
    await Promise.all(job.outputs.map(({ path }) => rm(path, { force: true })));
    throw error;
  }
  options.onProgress?.(1);
};

/**
 * Runs ffprobe on one file and gives its JSON. It is started here and not by fluent-ffmpeg, whose `ffprobe` can neither
 * be killed nor limited.
 * @throws BrokenMedia (400), MediaTimeout (503), MediaToolsMissing (503), the signal's reason.
 */
export const runFfprobe = (path: string, show: readonly string[], { signal, limit_s = 60 }: RunOptions = {}): Promise<unknown> => {
  const args = ['-v', 'error', ...fence(DEMUXERS), ...show, '-print_format', 'json', fileUrl(path)];
  return new Promise((done, fail) => {
    const limits = { timeout: limit_s * 1000, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 * 1024, ...(signal ? { signal } : {}) } as const;
    execFile(mediaTools().ffprobe.path, args, limits, (error, stdout, stderr) => {
      if (signal?.aborted) fail(signal.reason);
      else if (error?.killed) fail(new MediaTimeout(`Looking at the file took longer than ${limit_s} seconds.`));
      else if (typeof error?.code === 'string') fail(error); // not started at all
      else if (error) fail(new BrokenMedia('The file is damaged or of a kind that cannot be read.', failure(stderr.split('\n'), error)));
      else done(JSON.parse(stdout));
    });
  });
};
