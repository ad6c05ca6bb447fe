import { newId, type Context, type QueryContext } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import type { Storage } from '@shotlog/media';
import type { FilesConfig } from '../config.ts';
import { attachmentKey } from '../storage/keys.ts';
import { extensionOf, MOST_FILES, receive, type Incoming, type Limits } from '../upload/receive.ts';
import { sweepUploads } from '../upload/sweep-uploads.ts';
import { attachmentFile } from './attachment-file.ts';

/** A stored file that belongs to nothing yet. `size` is bytes. */
export type Paper = { id: string; name: string; extension: string; size: number; mimetype: string };
/** What attachments hang on. `project_id` is that of the task or of what the chat is about. */
export type Owner = { comment_id?: string | null; reply_id?: string | null; chat_message_id?: string | null; project_id: string | null };
export type Papers = { files: Paper[]; fields: Record<string, string> };

const typeOf = (file: Incoming): string => sniff(file.firstBytes)?.contentType ?? (/^[\w.+-]+\/[\w.+-]+$/.test(file.contentType) ? file.contentType : 'application/octet-stream');

/**
 * Takes a form with files that are to hang on something (a comment, a reply, a chat message) and hands them, with the form's other fields, to
 * `work`, which makes attachments of them (`attach`). Used by every service that takes such forms: `service` is its name. Needs the resources of
 * `openFileResources`. Nothing is left when the form is refused or cut off, nor when `work` fails, nor when the process is killed meanwhile.
 */
export const withPapers = <T>(context: QueryContext, service: keyof typeof sweepUploads, work: (papers: Papers) => Promise<T>, limits: Partial<Limits> = {}): Promise<T> => {
  const storage = context.resource<Storage>('storage');
  const { UPLOAD_MAX_BYTES } = context.resource<FilesConfig>('limits');
  const ids = Array.from({ length: limits.maxFiles ?? MOST_FILES }, newId);
  return context.sweptBy(sweepUploads[service], { keys: ids.map(attachmentKey) }, async () => {
    let taken = 0;
    try {
      return await work(await receive(context.request, async (file): Promise<Paper> => {
        const id = ids[taken++]!;
        const mimetype = typeOf(file);
        const { size_bytes } = await storage.put(attachmentKey(id), file.body, { contentType: mimetype });
        return { id, name: file.name, extension: extensionOf(file.name).slice(0, 6), size: size_bytes, mimetype };
      }, { maxBytes: UPLOAD_MAX_BYTES, ...limits }));
    } catch (error) {
      if (taken > 0) await context.runAsSystem(sweepUploads[service], { keys: ids.slice(0, taken).map(attachmentKey) }, 'sweep');
      throw error;
    }
  });
};

/** Makes attachments of received files, in order. The caller's rights were checked where the form came in. */
export const attach = async (context: Context, papers: readonly Paper[], owner: Owner): Promise<{ id: string; name: string; extension: string; size: number }[]> => {
  for (const { id, name, extension, size, mimetype } of papers) {
    await context.runAsSystem(attachmentFile.commands.create, { attachment_file_id: id, name, extension, size, mimetype, comment_id: null, reply_id: null, chat_message_id: null, ...owner }, `attach-${id}`);
  }
  return papers.map(({ id, name, extension, size }) => ({ id, name, extension, size }));
};
