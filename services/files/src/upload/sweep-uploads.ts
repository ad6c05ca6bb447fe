import { command, DomainError, Invalid, spanning, to, type Context, type SpanningCommand, type StateDefinition } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { z } from 'zod';
import { attachmentFile } from '../attachment-file/attachment-file.ts';
import { previewFileState, previewFileStream, type PreviewFileState } from '../preview-file/preview-file.state.ts';

const Keys = z.object({ keys: z.array(z.string()).max(500) });
type OfKey = { id: string; key: string };
const unless = (used: boolean) => { if (used) throw new Invalid('The object is in use.'); };

/** Two decisions that decide nothing: each is refused when the stream, as it stands now, names the object. */
const isNoAttachment = command({
  subject: 'cmd.files.is-no-attachment', schema: z.object({ id: z.guid(), key: z.string() }), state: attachmentFile.commands.remove.state as StateDefinition<object | null>, stream: (c: OfKey) => attachmentFile.stream(c.id),
  access: to.system, policy: (_caller, _, state) => unless(state !== null), decide: () => [],
});
const isNoPreview = command({
  subject: 'cmd.files.is-no-preview', schema: z.object({ id: z.guid(), key: z.string() }), state: previewFileState, stream: (c: OfKey) => previewFileStream(c.id),
  access: to.system, policy: (_caller, { key }: OfKey, state: PreviewFileState) => unless(state !== null && state.source_key === key), decide: () => [],
});

/** Whether the log names an object of an upload. What lies elsewhere below `uploads` is there for the time of its request only. */
const isUsed = async (context: Context, key: string): Promise<boolean> => {
  const [, kind, id] = /^(attachments\/files|uploads\/previews)\/([0-9a-f-]{36})/.exec(key) ?? [];
  if (!kind || !id) return !key.startsWith('uploads/');
  try {
    await context.runAsSystem(kind === 'attachments/files' ? isNoAttachment : isNoPreview, { id, key }, key);
    return false;
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'Invalid') return true;
    throw error;
  }
};

/** Takes away what uploads that were cut off have left: objects that no fact names. The log is asked, not the read model, which may be behind. */
const removeUnused = spanning({
  subject: 'cmd.files.remove-unused-objects', schema: Keys, access: to.system,
  handle: async ({ keys }, context) => {
    for (const key of keys) if (!(await isUsed(context, key))) await context.resource<Storage>('storage').remove(key);
  },
});
/** The same for uploads that another service takes. */
const asked = (service: string) => spanning({
  subject: `cmd.${service}.sweep-uploads`, schema: Keys, access: to.system,
  handle: (c, context) => context.send(removeUnused.subject, c, 'remove'),
});

/** By service that takes uploads: the command that sweeps those that were cut off. It must be among the service's commands. */
export const sweepUploads: Record<'files' | 'tasks' | 'playlists' | 'notifications', SpanningCommand<typeof Keys>> =
  { files: removeUnused, tasks: asked('tasks'), playlists: asked('playlists'), notifications: asked('notifications') };
