import { UnsupportedMedia, BrokenMedia } from './errors.ts';
import { runFfprobe } from './ffmpeg.ts';
import type { RunOptions } from './ffmpeg.ts';
import { pictureSize } from './picture.ts';
import { sniffFile } from './sniff.ts';

/** What a file holds. Everything that does not apply, or that the file does not say, is null. */
export type Probe = {
  kind: 'movie' | 'picture' | 'audio' | 'unknown';
  /** Of the moving picture; of the sound where there is no picture. */
  duration_s: number | null;
  /** Pixels as shown: turned by the rotation and stretched by the pixel's shape. */
  width: number | null;
  height: number | null;
  /** Pixels as stored. */
  coded_width: number | null;
  coded_height: number | null;
  /** 90 for pictures that are shown upright but stored lying. */
  rotation: number;
  fps: number | null;
  /** The rate as a fraction, `24000/1001`. */
  frame_rate: string | null;
  frames: number | null;
  has_audio: boolean;
  video_codec: string | null;
  audio_codec: string | null;
  pix_fmt: string | null;
  sample_rate: number | null;
  channels: number | null;
  /** Everything that must agree for the streams to be joined without encoding again; null when they never can. */
  joins_as: string | null;
};

type Stream = {
  index: number; codec_type: string; codec_name?: string; profile?: string; width?: number; height?: number; pix_fmt?: string;
  r_frame_rate?: string; avg_frame_rate?: string; time_base?: string; sample_aspect_ratio?: string; sample_rate?: string; channels?: number;
  channel_layout?: string; duration?: string; nb_frames?: string; extradata_hash?: string; start_time?: string;
  disposition?: { attached_pic?: number }; tags?: Record<string, string>; side_data_list?: { rotation?: number }[];
};
type Answer = { streams?: Stream[]; format?: { duration?: string; format_name?: string } };

export const UNKNOWN: Probe = {
  kind: 'unknown', duration_s: null, width: null, height: null, coded_width: null, coded_height: null, rotation: 0, fps: null, frame_rate: null,
  frames: null, has_audio: false, video_codec: null, audio_codec: null, pix_fmt: null, sample_rate: null, channels: null, joins_as: null,
};

const positive = (text: string | undefined): number | null => (Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : null);
const ratio = (text: string | undefined, separator: string): number | null => {
  const [over, under] = (text ?? '').split(separator).map(Number);
  return over && under && over > 0 && under > 0 ? over / under : null;
};

/** Matroska writes the length of a stream as a tag, `00:00:01.960000000`. */
const tagged = (stream: Stream): number | null => {
  const [hours, minutes, seconds] = (stream.tags?.DURATION ?? '').split(':').map(Number);
  return seconds === undefined || Number.isNaN(seconds) ? null : positive(String(hours! * 3600 + minutes! * 60 + seconds));
};

/** The end of the last frame, by reading the whole file: what browsers record says no length anywhere. */
const measuredDuration = async (path: string, stream: Stream, options: RunOptions): Promise<number | null> => {
  const show = ['-select_streams', String(stream.index), '-show_entries', 'packet=pts_time,duration_time'];
  const { packets = [] } = await runFfprobe(path, show, options) as { packets?: { pts_time?: string; duration_time?: string }[] };
  const ends = packets.map((packet) => Number(packet.pts_time ?? 0) + Number(packet.duration_time ?? 0));
  return positive(String(ends.reduce((most, end) => Math.max(most, end), 0)));
};

const rotationOf = (stream: Stream): number =>
  Math.abs(stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? Number(stream.tags?.rotate ?? 0)) % 180;

const shown = (stream: Stream): { width: number; height: number; rotation: number } => {
  const rotation = rotationOf(stream);
  const width = Math.round(stream.width! * (ratio(stream.sample_aspect_ratio, ':') ?? 1));
  return rotation === 90 ? { width: stream.height!, height: width, rotation } : { width, height: stream.height!, rotation };
};

/**
 * MP4 keeps one decoder set-up for a whole stream, so equal codec, size and rate are not enough: the set-ups themselves
 * (`extradata`) must be equal byte by byte.
 */
const joinsAs = (container: string, video: Stream, audio: Stream | undefined): string | null => {
  if (!container.includes('mp4') || !audio?.extradata_hash || !video.extradata_hash) return null;
  return [video.codec_name, video.profile, video.width, video.height, video.pix_fmt, video.r_frame_rate, video.avg_frame_rate, video.time_base,
    video.sample_aspect_ratio ?? '1:1', rotationOf(video), video.extradata_hash, video.start_time, audio.codec_name, audio.profile, audio.sample_rate,
    audio.channels, audio.channel_layout, audio.time_base, audio.extradata_hash].join(' ');
};

const soundOf = (audio: Stream | undefined): Pick<Probe, 'has_audio' | 'audio_codec' | 'sample_rate' | 'channels'> => ({
  has_audio: audio !== undefined, audio_codec: audio?.codec_name ?? null, sample_rate: positive(audio?.sample_rate), channels: audio?.channels ?? null,
});

const probeStreams = async (path: string, options: RunOptions): Promise<Probe> => {
  const { streams = [], format = {} } = await runFfprobe(path, ['-show_streams', '-show_format', '-show_data_hash', 'md5'], options) as Answer;
  const video = streams.find((stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1 && stream.width && stream.height);
  const audio = streams.find((stream) => stream.codec_type === 'audio' && Number(stream.sample_rate) > 0);
  if (!video && !audio) throw new BrokenMedia('The file holds neither pictures nor sound.');
  if (!video) return { ...UNKNOWN, kind: 'audio', duration_s: positive(audio!.duration) ?? positive(format.duration), ...soundOf(audio) };
  const duration_s = positive(video.duration) ?? tagged(video) ?? positive(format.duration) ?? await measuredDuration(path, video, options);
  const frame_rate = [video.avg_frame_rate, video.r_frame_rate].find((rate) => ratio(rate, '/') !== null) ?? null;
  const fps = frame_rate === null ? null : ratio(frame_rate, '/');
  return {
    ...UNKNOWN, kind: 'movie', duration_s, ...shown(video), coded_width: video.width!, coded_height: video.height!, fps, frame_rate,
    frames: positive(video.nb_frames) ?? (duration_s && fps ? Math.max(1, Math.round(duration_s * fps)) : null),
    video_codec: video.codec_name ?? null, pix_fmt: video.pix_fmt ?? null, ...soundOf(audio), joins_as: joinsAs(format.format_name ?? '', video, audio),
  };
};

/**
 * What a file holds, by its bytes and never by its name. Files that are neither picture, movie nor sound (text, PDF, ZIP)
 * and pictures that nothing here decodes are `unknown`.
 * @throws BrokenMedia (400) for a file that begins like media and cannot be read, MediaTimeout (503).
 */
export const probe = async (path: string, options: RunOptions = {}): Promise<Probe> => {
  const format = await sniffFile(path);
  if (format?.kind === 'movie' || format?.kind === 'audio') return probeStreams(path, options);
  if (format?.kind !== 'picture') return UNKNOWN;
  try {
    const { width, height } = await pictureSize(path, options);
    return { ...UNKNOWN, kind: 'picture', width, height, coded_width: width, coded_height: height, video_codec: format.name };
  } catch (error) {
    if (error instanceof UnsupportedMedia) return UNKNOWN;
    throw error;
  }
};

/** A probe of something with moving pictures: the four facts that everything else counts on are there. */
export type MovieProbe = Probe & { duration_s: number; width: number; height: number; fps: number; frame_rate: string };

/** `probe`, for what must be a movie. @throws BrokenMedia (400) for anything else. */
export const probeMovie = async (path: string, options: RunOptions = {}): Promise<MovieProbe> => {
  const found = await probe(path, options);
  if (found.kind !== 'movie') throw new BrokenMedia('The file is not a movie.');
  if (found.duration_s === null || found.fps === null) throw new BrokenMedia('The movie says neither its length nor its rate.');
  return found as MovieProbe;
};

/** For work on a movie that was looked at before: what `probeMovie` said of it, so that it is not asked again. */
export type Known = { movie?: MovieProbe };
