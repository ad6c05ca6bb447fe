import { Invalid } from '@shotlog/kernel';
import type { Format } from '@shotlog/media';

export type PreviewKind = 'picture' | 'movie' | 'file';

const PICTURES = ['png', 'jpg', 'jpeg'];
const MOVIES = ['mp4', 'mov', 'mkv', 'webm', 'avi', 'wmv', 'm4v'];
/** Kept and downloaded as they are. What Zou 1.0.67 takes (tried one by one). */
const FILES = ['gif', 'svg', 'pdf', 'zip', 'rar', 'wav', 'mp3', 'obj', 'ma', 'mb', 'blend', 'glb', 'gltf', 'fbx', 'psd', 'exr', 'swf', 'ae', 'comp', 'clip', 'sbbkp', 'ai', 'skp', 'hip', 'rev'];

/** What a preview of this extension is. @throws Invalid (400) for what no preview can be. */
export const previewKind = (extension: string): PreviewKind => {
  if (PICTURES.includes(extension)) return 'picture';
  if (MOVIES.includes(extension)) return 'movie';
  if (FILES.includes(extension)) return 'file';
  throw new Invalid(`Files named .${extension.slice(0, 20)} cannot be previews.`);
};

/**
 * Refuses bytes that are something else than their extension says. A movie whose bytes say nothing is let through: it will be told
 * apart when it is read, and stay as a broken preview, which tells the artist more than a refusal.
 * @throws Invalid (400).
 */
export const checkContent = (extension: string, kind: PreviewKind, found: Format | null): void => {
  const wrong = (what: string) => new Invalid(`The file is named .${extension} and is ${what} inside.`);
  if (found?.kind === 'program') throw wrong('a program');
  if (kind === 'picture' && found?.kind !== 'picture') throw wrong(found?.name ?? 'no picture');
  if (kind === 'movie' && found && found.kind !== 'movie' && found.kind !== 'audio') throw wrong(found.name);
  if (kind === 'file' && found && (found.kind === 'picture' || found.kind === 'movie') && !found.extensions.includes(extension)) throw wrong(found.name);
};
