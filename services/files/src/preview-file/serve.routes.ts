import { Invalid, media, NotFound, pathId, route, to, type QueryContext, type Route } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { previewKeys } from '../storage/keys.ts';
import { serveObject, type Serving } from '../storage/serve-object.ts';
import { downloadName } from './file-name.ts';
import { visibleRow, type PreviewRow } from './preview-file.queries.ts';

/** Which stored object a route gives of a preview, and how. @throws NotFound for what this preview has not. */
type Choose = (row: PreviewRow, context: QueryContext) => { key: string; serving?: Serving } | Promise<{ key: string; serving?: Serving }>;

const served = (path: string, summary: string, type: string, choose: Choose): Route => route({
  method: 'get', path, summary, access: to.team.but({ client: 'filtered', vendor: 'filtered' }), answers: { 200: media(type), 206: media(type) },
  description: 'Ranges (206, 416), `ETag` and `Last-Modified` are supported. 404 while the preview is being made ready.',
  ask: async (c) => {
    const row = await visibleRow(c.db, c.caller, pathId(c.request, 'instance_id'));
    const { key, serving } = await choose(row, c);
    return serveObject(c.resource<Storage>('storage'), key, c.request, serving);
  },
});

const missing = (): never => { throw new NotFound('stored file'); };
const isMovie = (row: PreviewRow): boolean => row.extension === 'mp4';
/** Whatever was sent, in the form in which it is kept. */
const whole = (row: PreviewRow): string => (isMovie(row) ? previewKeys(row.id).high : row.kind === 'file' ? row.source_key ?? missing() : previewKeys(row.id).original);

const byExtension = (row: PreviewRow, extension: string): string => {
  if (extension === 'mp4') throw new Invalid('Movies are served at /movies/originals.');
  if (extension === 'png' && row.kind !== 'file') return previewKeys(row.id).original;
  return row.kind === 'file' && extension === row.extension ? row.source_key ?? missing() : missing();
};

/** The objects of previews over HTTP, for the names under which clients of the API ask for them. */
export const serveRoutes: Route[] = [
  served('/pictures/thumbnails/preview-files/{instance_id}.png', 'Get a preview, 150 x 100 pixels', 'image/png', (row) => ({ key: previewKeys(row.id).thumbnail, serving: { changes: isMovie(row) } })),
  served('/pictures/thumbnails-square/preview-files/{instance_id}.png', 'Get a preview, 100 x 100 pixels', 'image/png', (row) => ({ key: previewKeys(row.id).square, serving: { changes: isMovie(row) } })),
  served('/pictures/previews/preview-files/{instance_id}.png', 'Get a preview, at most 1200 pixels wide', 'image/png', (row) => ({ key: previewKeys(row.id).preview, serving: { changes: isMovie(row) } })),
  served('/pictures/originals/preview-files/{instance_id}.png', 'Get a preview picture, or a still of a movie', 'image/png', (row) => ({ key: previewKeys(row.id).original, serving: { changes: isMovie(row) } })),
  served('/pictures/originals/preview-files/{instance_id}.{extension}', 'Get a preview as it was sent', '*/*', (row, { request }) => ({ key: byExtension(row, (request.params.extension ?? '').toLowerCase()) })),
  served('/pictures/originals/preview-files/{instance_id}/download', 'Download a preview', '*/*', async (row, { db }) => ({ key: whole(row), serving: { download: await downloadName(db, row.id, row.extension ?? 'bin') } })),
  served('/movies/originals/preview-files/{instance_id}.mp4', 'Play a movie', 'video/mp4', (row) => ({ key: isMovie(row) ? previewKeys(row.id).high : missing() })),
  served('/movies/low/preview-files/{instance_id}.mp4', 'Play a movie in low definition', 'video/mp4', (row) => ({ key: isMovie(row) ? previewKeys(row.id).low : missing() })),
  served('/movies/source/preview-files/{instance_id}.mp4', 'Get a movie as it was sent', '*/*', (row) => ({ key: row.kind === 'movie' ? row.source_key ?? missing() : missing() })),
  served('/movies/originals/preview-files/{instance_id}/download', 'Download a movie', '*/*', async (row, { db }) =>
    ({ key: isMovie(row) ? previewKeys(row.id).high : missing(), serving: { download: await downloadName(db, row.id, 'mp4') } })),
  served('/movies/tiles/preview-files/{instance_id}.png', "Get the sheet of a movie's frames", 'image/png', (row) => ({ key: isMovie(row) ? previewKeys(row.id).tile : missing() })),
];
