import { once } from 'node:events';
import { Readable } from 'node:stream';
import { disposition } from '@shotlog/files/storage/serve-object';
import { media, Reply, route, sql, type Db, type QueryContext } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { ZipFile } from 'yazl';
import { above, namedEntries, previewIsTheirs } from './entry.sql.ts';
import { fileName, uniqueNames } from './file-name.ts';
import { mayTakePlaylist, TAKERS } from './playlist.policy.ts';
import { findPlaylist } from './playlist.queries.ts';
import { wholeObject, type StoredPreview } from './stored-object.ts';

type File = { key: string; name: string };

/** The files of a playlist's entries in order, under names that tell what they show. */
const filesOf = async (db: Db, playlist_id: string): Promise<File[]> => {
  const rows = await db.all(sql`select pr.name as project, ${above} as above, en.name, tt.name as task_type, p.id, p.revision, p.extension, p.kind, p.source_key from ${namedEntries}
    where t.id = ${playlist_id} and p.status = 'ready' and ${previewIsTheirs} order by n`);
  const unique = uniqueNames();
  return rows.map((row) => {
    const { key, extension } = wholeObject(row as StoredPreview);
    return { key, name: unique(fileName([row.project, ...row.above, row.name, row.task_type, `v${row.revision}`]), extension) };
  });
};

/**
 * The archive as a stream: one file after another is read while the client takes it, nothing is kept. Movies and pictures are packed
 * already, so they are only stored. What is missing in the storage is left out.
 */
const archive = (storage: Storage, files: readonly File[]): Readable => {
  const zip = new ZipFile();
  const output = zip.outputStream as unknown as Readable;
  let current: Readable | null = null;
  output.once('close', () => current?.destroy());
  const pack = async (): Promise<void> => {
    for (const { key, name } of files) {
      if (output.destroyed) return;
      const found = await storage.stat(key);
      if (!found) continue;
      current = await storage.read(key);
      const read = once(current, 'close');
      zip.addReadStream(current as never, name, { compress: false, mtime: found.modified_at });
      await read;
    }
    zip.end();
  };
  pack().catch((error: Error) => output.destroy(error));
  return output;
};

const download = async (c: QueryContext): Promise<Reply> => {
  const playlist = await findPlaylist(c.db, c.request.params.playlist_id!);
  mayTakePlaylist(c.caller, playlist);
  const project = await c.db.one(sql`select name from project where id = ${playlist.project_id}`);
  const stream = Readable.toWeb(archive(c.resource('storage'), await filesOf(c.db, playlist.id))) as unknown as ReadableStream<Uint8Array>;
  return new Reply(200, { 'content-type': 'application/zip', 'content-disposition': disposition('attachment', `${fileName([project?.name, playlist.name])}.zip`) }, stream);
};

export const downloadZipRoute = route({ method: 'get', path: '/data/playlists/{playlist_id}/download/zip', summary: "Download a playlist's files as an archive", answers: { 200: media('application/zip') }, access: TAKERS, ask: download });
