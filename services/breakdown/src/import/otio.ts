import { Invalid } from '@shotlog/kernel';

/** A clip of a cut: first frame and number of frames, in the source's own count. */
export type Clip = { name: string; start: number; frames: number };

const MAX_CLIPS = 20_000;
/** What a frame number can be: what the column of `nb_frames` holds. */
const MAX_FRAME = 2_147_483_647;
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : null);

const clipOf = (node: Record<string, any>): Clip => {
  const range = node.source_range ?? node.media_reference?.available_range ?? Object.values((node.media_references ?? {}) as Record<string, any>)[0]?.available_range;
  const [start, frames] = [number(range?.start_time?.value), number(range?.duration?.value)];
  if (typeof node.name !== 'string' || start === null || frames === null) throw new Invalid('A clip of the file has no name or no range.');
  if (Math.abs(start) + Math.abs(frames) > MAX_FRAME || frames < 0) throw new Invalid(`The range of the clip "${node.name.slice(0, 80)}" cannot be.`);
  return { name: node.name, start, frames };
};

const walk = (node: unknown, into: Clip[]): void => {
  if (Array.isArray(node)) return node.forEach((child) => walk(child, into));
  if (node === null || typeof node !== 'object') return;
  const { OTIO_SCHEMA: schema = '', ...rest } = node as Record<string, any>;
  if (String(schema).startsWith('Track.') && rest.kind === 'Audio') return;
  if (String(schema).startsWith('Clip.')) {
    if (into.length >= MAX_CLIPS) throw new Invalid(`The file has more than ${MAX_CLIPS} clips.`);
    into.push(clipOf(rest));
    return;
  }
  walk(rest.tracks, into);
  walk(rest.children, into);
};

/** The clips of the picture tracks of an OpenTimelineIO file. @throws Invalid (400) for what is none. */
export const clipsOfOtio = (text: string): Clip[] => {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw new Invalid(`The file is no OpenTimelineIO JSON: ${(cause as Error).message}`);
  }
  if (root === null || typeof root !== 'object' || !('OTIO_SCHEMA' in root)) throw new Invalid('The file is no OpenTimelineIO JSON: it names no OTIO_SCHEMA.');
  const found: Clip[] = [];
  walk(root, found);
  return found;
};

const EVENT = /^\d+\s+\S+\s+V\S*\s+.*?(\d\d:\d\d:\d\d[:;]\d\d)\s+(\d\d:\d\d:\d\d[:;]\d\d)\s+\d\d:\d\d:\d\d[:;]\d\d\s+\d\d:\d\d:\d\d[:;]\d\d/;
const CLIP_NAME = /^\*\s*FROM CLIP NAME:\s*(.+?)\s*$/i;

const framesOf = (timecode: string, fps: number): number => {
  const [h, m, s, f] = timecode.split(/[:;]/).map(Number) as [number, number, number, number];
  return ((h * 60 + m) * 60 + s) * Math.round(fps) + f;
};

/** The clips of an edit decision list (CMX 3600): its picture events that are named by a FROM CLIP NAME comment. @throws Invalid (400). */
export const clipsOfEdl = (text: string, fps: number): Clip[] => {
  const found: Clip[] = [];
  let range: { start: number; frames: number } | null = null;
  for (const line of text.split(/\r?\n/)) {
    const event = EVENT.exec(line);
    if (event) {
      const start = framesOf(event[1]!, fps);
      range = { start, frames: framesOf(event[2]!, fps) - start };
    }
    const name = CLIP_NAME.exec(line)?.[1];
    if (name && range) found.push({ name, ...range });
  }
  if (found.length === 0) throw new Invalid('The file has no picture event with a FROM CLIP NAME.');
  return found;
};

/** What a naming convention may name. */
const PARTS = ['project_name', 'episode_name', 'sequence_name', 'shot_name'] as const;
export type Named = Partial<Record<(typeof PARTS)[number], string>>;
/** How clips are named when nobody says. */
export const DEFAULT_CONVENTION = '${project_name}_${sequence_name}-${shot_name}';

/** Reads names of clips by a convention such as `${sequence_name}_${shot_name}`. @throws Invalid (400) for a convention without sequence and shot. */
export const namesBy = (convention: string, matchCase = true): ((name: string) => Named | null) => {
  if (!convention.includes('${sequence_name}') || !convention.includes('${shot_name}')) throw new Invalid('A naming convention names ${sequence_name} and ${shot_name}.');
  const seen = new Set<string>();
  const pattern = convention.split(/(\$\{\w+\})/).map((piece) => {
    const part = /^\$\{(\w+)\}$/.exec(piece)?.[1];
    if (part === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (!(PARTS as readonly string[]).includes(part) || seen.has(part)) throw new Invalid(`A naming convention has no place for "${part}" here.`);
    seen.add(part);
    return `(?<${part}>[^/]+?)`;
  }).join('');
  // What stands behind the last name (an extension, a version) must not belong to it.
  const expression = new RegExp(`^${pattern}$`, matchCase ? 'u' : 'iu');
  return (name) => expression.exec(name.slice(0, 300))?.groups ?? null;
};
