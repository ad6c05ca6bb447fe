import { AnnotationChanges } from '@shotlog/files/preview-file/annotations';
import { route, spanning, to } from '@shotlog/kernel';
import { z } from 'zod';
import { fromGuest } from './comment-as-guest.ts';
import { guestAt, sharedPreview } from './guest.ts';
import { PreviewFile } from '@shotlog/files/preview-file/preview-file.answers';

const Draw = AnnotationChanges.extend({ token: z.string(), password: z.string().nullable(), guest_id: z.guid().toLowerCase(), preview_file_id: z.guid().toLowerCase() });
/** Draws upon a preview file of the playlist; what others drew stays. */
const drawAsGuest = spanning({
  subject: 'cmd.playlists.draw-as-guest', schema: Draw, access: to.linkHolders,
  handle: async (c: z.infer<typeof Draw>, context) => {
    const link = await guestAt(context, c, 'annotations');
    const { id } = await sharedPreview(context.db, link, c.preview_file_id);
    return context.send('cmd.files.update-annotations', { preview_file_id: id, additions: c.additions, updates: c.updates, deletions: c.deletions }, 'draw');
  },
});
export const drawRoute = route({ method: 'put', path: '/shared/playlists/{token}/annotations', summary: 'Draw upon a preview file as a guest', answers: { 200: PreviewFile }, command: drawAsGuest, status: 200, input: fromGuest, body: Draw.omit({ token: true, password: true }) });
