import { command, Invalid, to, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { GuestFilesAdded } from './share-link.events.ts';
import { shareLinkState, shareLinkStream, type ShareLinkState } from './share-link.state.ts';

/** How many files guests may send. */
export type GuestLimits = { per_comment: number; per_link: number };
const Admit = z.object({
  share_link_id: z.guid(), person_id: z.guid(), comment_id: z.guid(), files: z.number().int(), size_bytes: z.number().int(),
  limits: z.object({ per_comment: z.number().int(), per_link: z.number().int() }),
});

/** How many more files a comment takes by a link. What was taken away again counts too: it was sent. */
export const filesLeft = (files: ReadonlyMap<string, number>, comment_id: string, { per_comment, per_link }: GuestLimits): number =>
  Math.max(0, Math.min(per_comment - (files.get(comment_id) ?? 0), per_link - [...files.values()].reduce((sum, n) => sum + n, 0)));

/** Counts files that a guest has sent, before they become attachments. @throws Invalid (400) beyond the limits, also when many are sent at once. */
export const admitFiles = command({
  subject: 'cmd.playlists.admit-guest-files', schema: Admit, state: shareLinkState, stream: shareLinkStream, access: to.system,
  decide: ({ person_id, comment_id, files, size_bytes, limits }: z.infer<typeof Admit>, state: ShareLinkState): NewEvent[] => {
    if (state.status !== 'open') throw new Invalid('The link is not open any more.');
    const left = filesLeft(state.files, comment_id, limits);
    if (files > left) throw new Invalid(left === 0 ? 'This link takes no more files here.' : `This link takes only ${left} more files here.`);
    return [GuestFilesAdded({ ...state.ids, person_id, comment_id, files, size_bytes })];
  },
});
