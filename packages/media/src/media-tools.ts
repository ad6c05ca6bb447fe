import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MediaToolsMissing } from './errors.ts';

type Name = 'ffmpeg' | 'ffprobe';
/** A binary, and where it was found. */
export type MediaTool = { path: string; from: 'FFMPEG_PATH' | 'FFPROBE_PATH' | 'PATH' | 'bundled' };
export type MediaTools = Record<Name, MediaTool>;

const require = createRequire(import.meta.url);
const exists = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const fileName = (name: Name): string => (process.platform === 'win32' ? `${name}.exe` : name);

/** The installers throw where they have no binary for the platform. */
const bundled = (name: Name): string | undefined => {
  try {
    return (require(`@${name}-installer/${name}`) as { path: string }).path;
  } catch {
    return undefined;
  }
};

const find = (name: Name, env: NodeJS.ProcessEnv): MediaTool => {
  const variable = name === 'ffmpeg' ? 'FFMPEG_PATH' : 'FFPROBE_PATH';
  const named = env[variable];
  if (named) {
    if (exists(named)) return { path: named, from: variable };
    throw new MediaToolsMissing(`${variable} names ${named}, which is not a program that can be run.`);
  }
  // An ffmpeg that was named has, as a rule, the ffprobe of the same build beside it.
  const beside = name === 'ffprobe' && env.FFMPEG_PATH ? join(dirname(env.FFMPEG_PATH), fileName(name)) : undefined;
  if (beside && exists(beside)) return { path: beside, from: 'FFMPEG_PATH' };
  const onPath = (env.PATH ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, fileName(name))).find(exists);
  if (onPath) return { path: onPath, from: 'PATH' };
  const own = bundled(name);
  if (own && exists(own)) return { path: own, from: 'bundled' };
  throw new MediaToolsMissing(`There is no ${name}: install it, set ${variable}, or let the package @${name}-installer/${name} be installed.`);
};

/**
 * Which ffmpeg and ffprobe are used: the ones that FFMPEG_PATH and FFPROBE_PATH name, else those on PATH, else those of
 * `@ffmpeg-installer/ffmpeg` (a build of 2018) and `@ffprobe-installer/ffprobe`.
 * @throws MediaToolsMissing (503), with a sentence that says what to do.
 */
export const mediaTools = (env: NodeJS.ProcessEnv = process.env): MediaTools =>
  ({ ffmpeg: find('ffmpeg', env), ffprobe: find('ffprobe', env) });

/** `mediaTools` with the first line that each says of itself: proof that they run. For health pages and start-up. */
export const mediaToolVersions = async (): Promise<Record<Name, MediaTool & { version: string }>> => {
  const tools = mediaTools();
  const version = async (tool: MediaTool) => {
    const { stdout } = await promisify(execFile)(tool.path, ['-version'], { timeout: 10_000 });
    return { ...tool, version: stdout.split('\n', 1)[0] ?? '' };
  };
  const [ffmpeg, ffprobe] = await Promise.all([version(tools.ffmpeg), version(tools.ffprobe)]);
  return { ffmpeg, ffprobe };
};
