import { Invalid } from '@shotlog/kernel/errors';
import type { MovieProbe } from './probe.ts';

/** The shape that movies are brought into. Both sides are even: H.264 with 4:2:0 colours knows no others. */
export type Frame = { width: number; height: number };
/** A movie's place in a frame: its own scaled size, and where it stands. */
type Fit = Frame & { scaled_width: number; scaled_height: number; x: number; y: number };

const even = (length: number): number => Math.max(2, 2 * Math.round(length / 2));

/**
 * The frame for a movie. Both sides given: just those (a movie of another shape gets black bars). One given: the other
 * follows the movie's shape. None: the movie's own size. Everything is rounded to even numbers.
 */
export const frameFor = (movie: { width: number; height: number }, width: number | null, height: number | null): Frame => ({
  width: even(width ?? (height === null ? movie.width : movie.width * height / movie.height)),
  height: even(height ?? (width === null ? movie.height : movie.height * width / movie.width)),
});

/** The frame itself, or the same shape at that width when it is wider. */
export const atMost = (frame: Frame, width: number): Frame => (frame.width <= width ? frame : frameFor(frame, width, null));

const fit = (movie: { width: number; height: number }, frame: Frame): Fit => {
  const scale = Math.min(frame.width / movie.width, frame.height / movie.height);
  const scaled_width = Math.min(frame.width, even(movie.width * scale));
  const scaled_height = Math.min(frame.height, even(movie.height * scale));
  const middle = (outer: number, inner: number): number => 2 * Math.floor((outer - inner) / 4); // even, as the colours need
  return { ...frame, scaled_width, scaled_height, x: middle(frame.width, scaled_width), y: middle(frame.height, scaled_height) };
};

/** Broadcast rates are written rounded; they mean fractions, and rounded ones drift by a frame in a few minutes. */
const BROADCAST: Record<string, string> = { '23.97': '24000/1001', '23.976': '24000/1001', '23.98': '24000/1001', '29.97': '30000/1001',
  '47.952': '48000/1001', '59.94': '60000/1001', '119.88': '120000/1001' };

/**
 * A production's frame rate (`"25"`, `"23.976"`, `"24000/1001"`) as ffmpeg takes it exactly.
 * @throws Invalid (400) unless it lies between 1 and 240.
 */
export const frameRate = (fps: string | number): string => {
  const text = String(fps).trim().replace(/\.0+$/, '');
  const rate = BROADCAST[text] ?? text;
  const [over, under = 1] = rate.split('/').map(Number);
  if (!/^\d+(\.\d+)?(\/\d+)?$/.test(rate) || !(over! / under >= 1) || over! / under > 240) throw new Invalid(`${JSON.stringify(String(fps))} is not a frame rate between 1 and 240.`);
  return rate;
};

/** A frame rate as a number. */
export const rateNumber = (rate: string): number => {
  const [over, under = 1] = rate.split('/').map(Number);
  return over! / under;
};

/** Filters that bring one picture stream into frame and rate; the first frame is held when the picture starts late. */
export const conformPicture = (from: string, movie: MovieProbe, frame: Frame, rate: string, to: string): string => {
  const place = fit(movie, frame);
  return `[${from}]fps=fps=${rate}:start_time=0,scale=${place.scaled_width}:${place.scaled_height}:flags=bicubic,setsar=1,`
    + `pad=${place.width}:${place.height}:${place.x}:${place.y}:color=black,setsar=1,format=yuv420p[${to}]`;
};

/**
 * Filters that give a movie a 48 kHz stereo sound exactly as long as its picture: its own, cut or filled up with silence,
 * or silence alone.
 */
export const conformSound = (input: number, movie: MovieProbe, rate: string, to: string): string => {
  const fps = rateNumber(rate);
  const end = (Math.max(1, Math.round(movie.duration_s * fps)) / fps).toFixed(6); // whole frames, as the picture will have
  return movie.has_audio
    ? `[${input}:a:0]aresample=48000:async=1:first_pts=0,aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo,apad,atrim=end=${end}[${to}]`
    : `anullsrc=channel_layout=stereo:sample_rate=48000,aformat=sample_fmts=fltp,atrim=end=${end}[${to}]`;
};

/**
 * How everything is encoded: H.264 and AAC in MP4 that starts to play before it is loaded. A key frame twice a second
 * and no frames that depend on later ones, so that reviewers step and scrub frame by frame, and so that movies join
 * without seams. Quality decides the bit rate, up to a ceiling.
 */
export const encoding = (rate: string, quality: { crf: number; mbit: number }): string[] => [
  '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-crf', String(quality.crf),
  '-maxrate', `${quality.mbit}M`, '-bufsize', `${quality.mbit * 2}M`, '-bf', '0', '-g', String(Math.max(1, Math.round(rateNumber(rate) / 2))),
  '-c:a', 'aac', '-b:a', '160k', '-ar', '48000', '-ac', '2', '-movflags', '+faststart', '-f', 'mp4',
];
