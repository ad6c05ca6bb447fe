import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DomainError, Invalid, isId, media, newId, NotFound, OneFile, oneText, pathId, Rendered, route, sql, to, type Db, type QueryContext, type Route } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import { withTemporaryFolder } from '@shotlog/media/temporary';
import { endOf } from '../end-resource.ts';
import { takePicture } from '../picture/take-picture.ts';
import { backgroundKey, backgroundThumbnailKey } from '../storage/keys.ts';
import type { FileResources } from '../storage/open.ts';
import { serveObject } from '../storage/serve-object.ts';
import { extensionOf, receiveOne } from '../upload/receive.ts';
import { sweepUploads } from '../upload/sweep-uploads.ts';
import { previewBackgroundFile } from './preview-background-file.ts';
import { PicturePath } from '../picture/picture.answers.ts';

type Row = { id: string; extension: string | null; original_name: string | null };
const rowOf = async (db: Db, id: string): Promise<Row> => {
  const row = isId(id) ? await db.one<Row>(sql`select id, extension, original_name from preview_background_file where id = ${id}`) : null;
  if (!row) throw new NotFound('preview background file', id.slice(0, 60));
  return row;
};
const THUMBNAIL = { width: 300, height: null };

type Taken = { extension: string; original_name: string; file_size: number };
/** Streams the form's file into the storage, makes its thumbnail, and only then puts it in place. @throws Invalid (400) for anything but an HDR picture. */
const take = async (context: QueryContext, id: string): Promise<Taken> => {
  const [storage, media, limits] = [context.resource<FileResources['storage']>('storage'), context.resource<FileResources['media']>('media'), context.resource<FileResources['limits']>('limits')];
  const upload = `uploads/backgrounds/${newId()}`;
  return context.sweptBy(sweepUploads.files, { keys: [upload] }, async () => {
    try {
      const { file } = await receiveOne(context.request, async (incoming): Promise<Taken> => {
        const extension = extensionOf(incoming.name);
        if (extension !== 'hdr' || sniff(incoming.firstBytes)?.name !== 'hdr') throw new Invalid(`A background is an HDR picture; the file is named .${extension.slice(0, 20)}.`);
        const { size_bytes } = await storage.put(upload, incoming.body, { contentType: 'image/vnd.radiance' });
        return { extension, original_name: incoming.name.replace(/\.[^.]*$/, ''), file_size: size_bytes };
      }, { maxBytes: limits.UPLOAD_MAX_BYTES });
      await media.withLocalFiles(storage, [upload], ([path]) => withTemporaryFolder(async (at) => {
        await media.thumbnail(path!, at('thumbnail.png'), THUMBNAIL);
        await storage.put(backgroundKey(id), createReadStream(path!), { contentType: 'image/vnd.radiance', size: file.file_size });
        await storage.put(backgroundThumbnailKey(id), createReadStream(at('thumbnail.png')), { contentType: 'image/png', size: (await stat(at('thumbnail.png'))).size });
      }));
      return file;
    } finally {
      await storage.remove(upload);
    }
  });
};

const uploadRoute = route({
  method: 'post', path: '/pictures/preview-background-files/{instance_id}', summary: 'Send the picture of a preview background', upload: OneFile, answers: { 201: previewBackgroundFile.answer }, status: 201, access: to.admins,
  description: 'A form with one HDR picture. A file that is refused takes the record with it.',
  handle: async (context) => {
    const row = await rowOf(context.db, pathId(context.request, 'instance_id'));
    if (!context.request.headers.get('content-type')?.startsWith('multipart/form-data')) throw new Invalid('No file was sent.');
    const taken = await take(context, row.id).catch(async (error: unknown) => {
      if (error instanceof DomainError && error.status < 500 && row.extension === null) {
        await context.runAsSystem(endOf(previewBackgroundFile), { id: row.id }, 'refused');
        await context.settled();
      }
      throw error;
    });
    await context.runAsSystem(previewBackgroundFile.commands.update, { id: row.id, changes: taken }, 'taken');
    await context.settled();
    return new Rendered((await oneText(context.db, previewBackgroundFile.shape, context.caller, sql`t.id = ${row.id}`, false))!);
  },
});

/** Pictures of preview backgrounds. */
export const backgroundRoutes: Route[] = [
  uploadRoute,
  route({
    method: 'get', path: '/pictures/preview-background-files/{instance_id}.{extension}', summary: 'Get a preview background', answers: { 200: media('*/*'), 206: media('*/*') }, access: to.signedIn,
    ask: async (c) => {
      const row = await rowOf(c.db, pathId(c.request, 'instance_id'));
      if (row.extension !== (c.request.params.extension ?? '').toLowerCase()) throw new NotFound('stored file');
      return serveObject(c.resource<FileResources['storage']>('storage'), backgroundKey(row.id), c.request, { name: `${row.original_name ?? 'background'}.${row.extension}`, changes: true });
    },
  }),
  route({
    method: 'get', path: '/pictures/thumbnails/preview-background-files/{instance_id}.png', summary: 'Get the thumbnail of a preview background', answers: { 200: media('image/png') }, access: to.signedIn,
    ask: async (c) => serveObject(c.resource<FileResources['storage']>('storage'), backgroundThumbnailKey((await rowOf(c.db, pathId(c.request, 'instance_id'))).id), c.request, { changes: true }),
  }),
  route({
    method: 'post', path: '/pictures/thumbnails/preview-background-files/{instance_id}.png', summary: 'Set the thumbnail of a preview background', upload: OneFile, answers: { 201: PicturePath }, status: 201, access: to.admins,
    handle: async (c) => {
      const { id } = await rowOf(c.db, pathId(c.request, 'instance_id'));
      await takePicture(c, backgroundThumbnailKey(id), THUMBNAIL);
      return { thumbnail_path: `pictures/thumbnails/preview-background-files/${id}.png` };
    },
  }),
];
