import { previewKeys } from '@shotlog/files/storage/keys';

/** Where a preview file lies: what it needs of its row. */
export type StoredPreview = { id: string; extension: string | null; kind: string | null; source_key: string | null };

/** The object that is a preview file as people take it away, and its extension: a movie made ready, a picture as PNG, any other file as it was sent. */
export const wholeObject = ({ id, extension, kind, source_key }: StoredPreview): { key: string; extension: string } => {
  if (extension === 'mp4') return { key: previewKeys(id).high, extension };
  if (kind === 'file' && source_key && extension) return { key: source_key, extension };
  return { key: previewKeys(id).original, extension: 'png' };
};
