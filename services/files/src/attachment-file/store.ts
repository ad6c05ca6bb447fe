import { newId } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import type { Context, Request } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import type { FilesConfig } from '../config.ts';
import { attachmentKey } from '../storage/keys.ts';
import { extensionOf, receive, type Incoming } from '../upload/receive.ts';
import { attachmentFile } from './attachment-file.ts';

/** A stored file that belongs to nothing yet. `size` is bytes. */
export type Paper = { id: string; name: string; extension: string; size: number; mimetype: string };
/** What attachments hang on. `project_id` is that of the task or of what the chat is about. */
export type Owner = { comment_id?: string | null; reply_id?: string | null; chat_message_id?: string | null; project_id: string | null };

const typeOf = (file: Incoming): string => sniff(file.firstBytes)?.contentType ?? (/^[\w.+-]+\/[\w.+-]+$/.test(file.contentType) ? file.contentType : 'application/octet-stream');

/**
 * Takes a form with files that are to hang on something (a comment, a reply, a chat message) and answers its other fields beside them.
 * Used by every service that takes such forms; `attach` then makes attachments of the files, `discard` removes them again.
 * Needs the resources of `openFileResources`. Nothing is left when the form is refused or cut off.
 */
export const receivePapers = async (context: Pick<Context, 'resource'> & { request: Pick<Request, 'headers' | 'stream'> }): Promise<{ files: (Paper & { field: string })[]; fields: Record<string, string> }> => {
  const storage = context.resource<Storage>('storage');
  const { UPLOAD_MAX_BYTES } = context.resource<FilesConfig>('limits');
  const stored: string[] = [];
  try {
    const { files, fields } = await receive(context.request, async (file) => {
      const id = newId();
      const mimetype = typeOf(file);
      stored.push(id);
      const { size_bytes } = await storage.put(attachmentKey(id), file.body, { contentType: mimetype });
      return { id, field: file.field, name: file.name, extension: extensionOf(file.name).slice(0, 6), size: size_bytes, mimetype };
    }, { maxBytes: UPLOAD_MAX_BYTES });
    return { files, fields };
  } catch (error) {
    await Promise.all(stored.map((id) => storage.remove(attachmentKey(id))));
    throw error;
  }
};

/** Makes attachments of received files, in order. The caller's rights were checked where the form came in. */
export const attach = async (context: Context, papers: readonly Paper[], owner: Owner): Promise<{ id: string; name: string; extension: string; size: number }[]> => {
  for (const { id, name, extension, size, mimetype } of papers) {
    await context.runAsSystem(attachmentFile.commands.create, { attachment_file_id: id, name, extension, size, mimetype, comment_id: null, reply_id: null, chat_message_id: null, ...owner }, `attach-${id}`);
  }
  return papers.map(({ id, name, extension, size }) => ({ id, name, extension, size }));
};

/** Removes received files that became no attachments. */
export const discard = async (context: Pick<Context, 'resource'>, papers: readonly Paper[]): Promise<void> => {
  const storage = context.resource<Storage>('storage');
  await Promise.all(papers.map(({ id }) => storage.remove(attachmentKey(id))));
};
