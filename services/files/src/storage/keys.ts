import { checkId } from './check-id.ts';

/**
 * Where objects lie in the storage. Keys are made of ids alone: nothing that a person typed is part of one. What was uploaded has a
 * key of its own for each attempt (`sourceKey`), so that two uploads at once never write over each other.
 */
export const previewKeys = (preview_file_id: string) => {
  const id = checkId(preview_file_id);
  return {
    /** The picture itself, or a movie's first picture, as PNG. */
    original: `pictures/originals/${id}.png`,
    /** 1200 wide. */
    preview: `pictures/previews/${id}.png`,
    /** 150 x 100. */
    thumbnail: `pictures/thumbnails/${id}.png`,
    /** 100 x 100. */
    square: `pictures/squares/${id}.png`,
    high: `movies/high/${id}.mp4`,
    low: `movies/low/${id}.mp4`,
    tile: `movies/tiles/${id}.png`,
  };
};

/** An upload of a preview file: `attempt` is an id made for it. */
export const sourceKey = (preview_file_id: string, attempt: string): string => `uploads/previews/${checkId(preview_file_id)}/${checkId(attempt)}`;

export const attachmentKey = (id: string): string => `attachments/files/${checkId(id)}`;
export const attachmentThumbnailKey = (id: string): string => `attachments/thumbnails/${checkId(id)}.png`;
export const backgroundKey = (id: string): string => `backgrounds/files/${checkId(id)}`;
export const backgroundThumbnailKey = (id: string): string => `backgrounds/thumbnails/${checkId(id)}.png`;
export const workingFileKey = (id: string): string => `working/files/${checkId(id)}`;
/** The picture that stands for a person, a production or the studio. */
export const facePictureKey = (of: 'persons' | 'projects' | 'organisations', id: string): string => `faces/${of}/${checkId(id)}.png`;
