import { atMost, conformPicture, conformSound, encoding, frameFor, frameRate } from './conform.ts';
import type { Frame } from './conform.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { RunOptions } from './ffmpeg.ts';
import { probeMovie } from './probe.ts';
import type { Known, MovieProbe } from './probe.ts';

/** How a production wants its movies; its own settings where it has them. */
export type NormaliseOptions = RunOptions & Known & {
  /** The production's frame rate; null keeps the movie's. */
  fps: string | number | null;
  /** The production's resolution. Both: exactly that, with black bars; one: the other follows; none: the movie's own. */
  width: number | null;
  height: number | null;
  /**
   * `hd_bitrate_compression` and `ld_bitrate_compression` of a production: the highest bit rate, in Mbit/s. Defaults 28
   * and 6, which Zou gives to new productions. It is a ceiling: quality (CRF 18 and 26) decides below it.
   */
  highMbit?: number;
  lowMbit?: number;
};

export type Normalised = Frame & { low_width: number; low_height: number; duration_s: number; frame_rate: string; /** What `probeMovie` says of `high`. */ movie: MovieProbe };

const HIGH_CRF = 18;
const LOW_CRF = 26;
/** The widest low movie, for slow lines and lists. */
export const LOW_WIDTH = 1280;

/**
 * Encodes an uploaded movie twice in one reading: `high` in the production's shape, `low` at most 1280 wide. Both have one
 * H.264 picture (4:2:0, even sides, constant rate) and one AAC sound (48 kHz stereo, silence where the movie has none) of
 * the same length, and start to play before they are loaded.
 * @throws BrokenMedia (400), MediaTimeout (503, `limit_s`, default an hour); on any failure neither file is left.
 */
export const normaliseMovie = async (input: string, outputs: { high: string; low: string }, options: NormaliseOptions): Promise<Normalised> => {
  const movie = options.movie ?? await probeMovie(input, { signal: options.signal });
  const rate = frameRate(options.fps ?? movie.frame_rate);
  const high = frameFor(movie, options.width, options.height);
  const low = atMost(high, LOW_WIDTH);
  const filters = [
    conformPicture('0:v:0', movie, high, rate, 'picture'),
    `[picture]split[high][large];[large]scale=${low.width}:${low.height}:flags=bicubic,setsar=1[low]`,
    conformSound(0, movie, rate, 'sound'), '[sound]asplit[sound_high][sound_low]',
  ].join(';');
  await runFfmpeg({
    inputs: [{ path: input }], filters, duration_s: movie.duration_s,
    outputs: [
      { path: outputs.high, options: ['-map', '[high]', '-map', '[sound_high]', ...encoding(rate, { crf: HIGH_CRF, mbit: options.highMbit ?? 28 })] },
      { path: outputs.low, options: ['-map', '[low]', '-map', '[sound_low]', ...encoding(rate, { crf: LOW_CRF, mbit: options.lowMbit ?? 6 })] },
    ],
  }, options);
  const made = await probeMovie(outputs.high, { signal: options.signal });
  return { ...high, low_width: low.width, low_height: low.height, duration_s: made.duration_s, frame_rate: rate, movie: made };
};
