import { readFile } from 'node:fs/promises';
import { Invalid, media, NotFound, pathId, Reply, route, to, type Audience, type QueryContext, type Route } from '@shotlog/kernel';
import { withTemporaryFolder } from '@shotlog/media/temporary';
import { previewKeys } from '../storage/keys.ts';
import type { FileResources } from '../storage/open.ts';
import { disposition, serveObject } from '../storage/serve-object.ts';
import type { Annotation } from './annotations.ts';
import { pdfOf, zipOf } from './bundle.ts';
import { drawingSvg } from './draw.ts';
import { downloadName } from './file-name.ts';
import { visibleRow, type PreviewRow } from './preview-file.queries.ts';

const rowOf = (c: QueryContext): Promise<PreviewRow> => visibleRow(c.db, c.caller, pathId(c.request, 'preview_file_id'));
const isMovie = (row: PreviewRow): boolean => row.extension === 'mp4';

/** The frame that the query names, counted from 0; null without one. @throws Invalid (400) for what is no number. */
const frameOf = (c: QueryContext): number | null => {
  const text = c.request.search.get('frame_number');
  if (text === null || text === '') return null;
  if (!/^\d{1,9}$/.test(text)) throw new Invalid('frame_number is a whole number from 0.');
  return Number(text);
};

/** Frames of a movie as PNG. @throws NotFound while there is no movie, Invalid (400) for frames that it does not have. */
const frames = (c: QueryContext, row: PreviewRow, numbers: readonly number[]): Promise<Buffer[]> => {
  const [storage, media] = [c.resource<FileResources['storage']>('storage'), c.resource<FileResources['media']>('media')];
  return media.withLocalFiles(storage, [previewKeys(row.id).high], ([movie]) => withTemporaryFolder(async (at) => {
    const found: Buffer[] = [];
    for (const number of numbers) {
      await media.extractFrame(movie!, number, at('frame.png'));
      found.push(await readFile(at('frame.png')));
    }
    return found;
  }));
};

const bytes = (body: Buffer, contentType: string, name: string, kind: 'inline' | 'attachment' = 'inline'): Reply =>
  new Reply(200, { 'content-type': contentType, 'content-length': String(body.length), 'content-disposition': disposition(kind, name), 'cache-control': 'private, no-cache' }, body);

const rate = async (c: QueryContext, row: PreviewRow): Promise<number> => {
  const media = c.resource<FileResources['media']>('media');
  return media.withLocalFiles(c.resource<FileResources['storage']>('storage'), [previewKeys(row.id).high], async ([movie]) => (await media.probeMovie(movie!)).fps);
};

type Drawn = { name: string; picture: Buffer; annotation: Annotation };
/** The annotated pictures of a preview: a movie's frames at the moments that were drawn upon, or the picture itself. */
const annotated = async (c: QueryContext, row: PreviewRow): Promise<Drawn[]> => {
  const all = (row.annotations ?? []) as Annotation[];
  if (all.length === 0) throw new Invalid('Nothing is drawn upon this preview.');
  if (!isMovie(row)) {
    if (row.extension !== 'png') throw new Invalid(`Previews of the kind ${row.extension} have no pictures to draw upon.`);
    return [{ name: 'picture', picture: await stored(c, previewKeys(row.id).original), annotation: { time: 0, drawing: { objects: all.flatMap((a) => a.drawing.objects) } } }];
  }
  const fps = await rate(c, row);
  const last = Math.max(0, Math.round(row.duration * fps) - 1);
  const numbers = all.map((a) => Math.min(last, frameAt(a, fps)));
  return (await frames(c, row, numbers)).map((picture, i) => ({ name: `frame_${String(numbers[i]).padStart(5, '0')}`, picture, annotation: all[i]! }));
};
const frameAt = (a: Annotation, fps: number): number => (Number.isInteger(a.frame) && Number(a.frame) >= 0 ? Number(a.frame) : Math.round(a.time * fps));

const stored = async (c: QueryContext, key: string): Promise<Buffer> =>
  c.resource<FileResources['media']>('media').withLocalFiles(c.resource<FileResources['storage']>('storage'), [key], ([path]) => readFile(path!));

const drawn = (c: QueryContext, { picture, annotation }: Drawn, format: 'png' | 'jpeg') =>
  c.resource<FileResources['media']>('media').overlay(picture, (width, height) => drawingSvg(annotation, width, height), format);

const extract = (path: string, summary: string, type: string, access: Audience, ask: (c: QueryContext, row: PreviewRow) => Promise<unknown>): Route => route({
  method: 'get', path: `/actions/preview-files/{preview_file_id}/${path}`, summary, answers: { 200: media(type) }, access: access.of(null), query: { frame_number: 'counted from 0' },
  ask: async (c) => {
    const row = await rowOf(c);
    access.check(c.caller, row);
    return ask(c, row);
  },
});

/** The one frame asked for with what is drawn upon it; a frame without drawings comes as it is. */
const annotatedFrame = async (c: QueryContext, row: PreviewRow): Promise<Reply> => {
  const number = frameOf(c);
  if (!isMovie(row)) {
    const [whole] = await annotated(c, row);
    return bytes((await drawn(c, whole!, 'png')).bytes, 'image/png', await downloadName(c.db, row.id, 'png'));
  }
  if (number === null) throw new Invalid('frame_number is needed for a movie.');
  const fps = await rate(c, row);
  const objects = ((row.annotations ?? []) as Annotation[]).filter((a) => frameAt(a, fps) === number);
  const [picture] = await frames(c, row, [number]);
  const annotation = { ...objects[0], time: number / fps, drawing: { objects: objects.flatMap((a) => a.drawing.objects) } };
  return bytes((await drawn(c, { name: '', picture: picture!, annotation }, 'png')).bytes, 'image/png', await downloadName(c.db, row.id, 'png'));
};

const managers = to.teamManagers.of('project_id');
/** Single pictures taken out of previews. */
export const extractRoutes: Route[] = [
  extract('extract-frame', 'Get one frame of a movie', 'image/png', managers, async (c, row) => {
    const number = frameOf(c) ?? 0;
    if (!isMovie(row)) throw new NotFound('movie');
    return bytes((await frames(c, row, [number]))[0]!, 'image/png', `${row.id}_${number}.png`);
  }),
  extract('extract-tile', "Get the sheet of a movie's frames", 'image/png', to.team.but({ client: 'filtered', vendor: 'filtered' }), async (c, row) => {
    if (!isMovie(row)) throw new Invalid('This preview is not a movie.');
    return serveObject(c.resource<FileResources['storage']>('storage'), previewKeys(row.id).tile, c.request, { name: `${row.id}_tile.png`, changes: true });
  }),
  extract('extract-annotated-frame', 'Get a frame with what is drawn upon it', 'image/png', managers, annotatedFrame),
  extract('extract-annotated-frames', 'Get all annotated frames as ZIP', 'application/zip', managers, async (c, row) => {
    const all = await annotated(c, row);
    const entries = [];
    for (const one of all) entries.push({ name: `${one.name}.png`, bytes: (await drawn(c, one, 'png')).bytes });
    return bytes(zipOf(entries), 'application/zip', (await downloadName(c.db, row.id, 'zip')), 'attachment');
  }),
  extract('extract-annotated-frames-pdf', 'Get all annotated frames as PDF', 'application/pdf', managers, async (c, row) => {
    const pages = [];
    for (const one of await annotated(c, row)) {
      const { bytes: jpeg, width, height } = await drawn(c, one, 'jpeg');
      pages.push({ jpeg, width, height });
    }
    return bytes(pdfOf(pages), 'application/pdf', await downloadName(c.db, row.id, 'pdf'), 'attachment');
  }),
];
