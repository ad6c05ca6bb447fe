import { open, readFile, stat } from 'node:fs/promises';
import type { SharpOptions } from 'sharp';
import { BrokenMedia, UnsupportedMedia } from './errors.ts';
import { refuseBombs } from './sniff.ts';

/** A whole HDR file is read at once; environment maps of 8192 x 4096 take 130 MB. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Wider pictures are thinned out while they are read: only thumbnails are made of them. */
const WIDEST = 4096;

const broken = (): BrokenMedia => new BrokenMedia('The HDR picture is damaged.');

/** The header ends with an empty line; the line after it gives the size, `-Y 512 +X 1024` in practically every file. */
const readHeader = (bytes: Buffer): { width: number; height: number; start: number } => {
  const text = bytes.toString('latin1', 0, 8192);
  const size = /\n\n-Y (\d{1,6}) \+X (\d{1,6})\n/.exec(text);
  if (!size || !text.includes('32-bit_rle_rgbe')) throw broken();
  return { height: Number(size[1]), width: Number(size[2]), start: size.index + size[0].length };
};

/** One line of run-length coded components: all mantissas of red, then green, blue, then the exponents. */
const readLine = (bytes: Buffer, at: number, line: Uint8Array, width: number): number => {
  if (bytes[at] !== 2 || bytes[at + 1] !== 2 || bytes.readUInt16BE(at + 2) !== width) throw broken();
  at += 4;
  for (let filled = 0; filled < line.length;) {
    const count = bytes[at++] ?? 0;
    const run = count > 128 ? count - 128 : count;
    if (run === 0 || filled + run > line.length || at + (count > 128 ? 1 : run) > bytes.length) throw broken();
    if (count > 128) line.fill(bytes[at++]!, filled, filled + run);
    else line.set(bytes.subarray(at, at += run), filled);
    filled += run;
  }
  return at;
};

/** Linear light to a screen's 8 bits; what is brighter than white is white. */
const toScreen = (mantissa: number, scale: number): number => Math.min(255, 255 * (mantissa * scale) ** (1 / 2.2));

/** The size that a Radiance picture's header gives. @throws BrokenMedia (400). */
export const radianceSize = async (path: string): Promise<{ width: number; height: number }> => {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8192), 0, 8192, 0);
    const { width, height } = readHeader(buffer.subarray(0, bytesRead));
    return { width, height };
  } finally {
    await handle.close();
  }
};

/** Gives each line as a function of place and component (red, green, blue, exponent); valid until the next line. */
function* linesOf(bytes: Buffer, { width, height, start }: ReturnType<typeof readHeader>): Generator<(x: number, component: number) => number> {
  const isPlain = width < 8 || width > 32_767 || bytes[start] !== 2 || bytes[start + 1] !== 2;
  if (bytes.length < start + (isPlain ? width * height * 4 : height * 4)) throw broken();
  const line = new Uint8Array(width * 4);
  for (let y = 0, at = start; y < height; y++) {
    if (!isPlain) at = readLine(bytes, at, line, width);
    const row = start + y * width * 4;
    yield isPlain ? (x, component) => bytes[row + x * 4 + component]! : (x, component) => line[component * width + x]!;
  }
}

/**
 * Reads a Radiance picture (`.hdr`), which neither sharp's libvips nor older ffmpegs do, into what `sharp(…)` takes.
 * Source: G. Ward, "Real Pixels", Graphics Gems II, and the Radiance file format notes.
 * @throws BrokenMedia (400), UnsupportedMedia (400) above 256 MiB.
 */
export const readRadiance = async (path: string): Promise<[Uint8Array, SharpOptions]> => {
  if ((await stat(path)).size > MOST_BYTES) throw new UnsupportedMedia('The HDR picture is too large to be shown here.');
  const bytes = await readFile(path);
  const header = readHeader(bytes);
  refuseBombs(header);
  const step = Math.ceil(header.width / WIDEST);
  const [width, height] = [Math.ceil(header.width / step), Math.ceil(header.height / step)];
  const pixels = new Uint8Array(width * height * 3);
  let at = 0;
  let y = 0;
  for (const component of linesOf(bytes, header)) {
    if (y++ % step !== 0) continue;
    for (let x = 0; x < header.width; x += step) {
      const exponent = component(x, 3);
      const scale = exponent === 0 ? 0 : 2 ** (exponent - 136); // 128 is the exponent's zero, 8 the mantissa's bits
      for (let index = 0; index < 3; index++) pixels[at++] = toScreen(component(x, index), scale);
    }
  }
  return [pixels, { raw: { width, height, channels: 3 } }];
};
