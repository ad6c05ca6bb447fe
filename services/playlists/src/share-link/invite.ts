import { command, DomainError, Invalid, route, spanning, to, type Context, type NewEvent } from '@shotlog/kernel';
import { MailFailed, mailPage, type Mailer } from '@shotlog/mail';
import { z } from 'zod';
import { managedLink } from './manage-links.ts';
import { ShareLinkSent } from './share-link.events.ts';
import { shareLinkState, shareLinkStream, type ShareLinkState } from './share-link.state.ts';
import { Invitations } from '../playlist/playlist.answers.ts';

const MOST = 100;
const Invite = z.object({ playlist_id: z.string(), token: z.string(), emails: z.array(z.string()).max(MOST).nullish(), person_ids: z.array(z.guid()).max(MOST).nullish(), message: z.string().max(10_000).nullish() });
const ADDRESS = /^[^@\s<>,;:"()[\]\\]+@[^@\s<>,;:"()[\]\\]+$/;

const noteSent = command({
  subject: 'cmd.playlists.note-sent-link', schema: z.object({ share_link_id: z.guid(), count: z.number().int() }), state: shareLinkState, stream: shareLinkStream, access: to.system,
  decide: ({ count }: { share_link_id: string; count: number }, state: ShareLinkState): NewEvent[] => (state.status === 'missing' || count === 0 ? [] : [ShareLinkSent({ ...state.ids, count })]),
});

const addresses = async (context: Context, emails: string[], person_ids: string[]): Promise<string[]> => {
  const bad = emails.find((email) => !ADDRESS.test(email) || email.length > 254);
  if (bad !== undefined) throw new Invalid('emails must be addresses, each with one @.');
  const persons = await context.persons(person_ids.map((id) => id.toLowerCase()));
  return [...new Set([...emails, ...person_ids.flatMap((id) => persons.get(id.toLowerCase())?.email ?? [])])];
};

/** Sends the link by mail to addresses and to persons of the studio. @throws Invalid (400) for what is no address, Unavailable (503) when the mail server takes none. */
const invite = spanning({
  subject: 'cmd.playlists.invite-by-link', schema: Invite, secret: true, access: to.teamManagers,
  handle: async (c: z.infer<typeof Invite>, context) => {
    const { link, playlist } = await managedLink(context, c);
    const sent = await addresses(context, c.emails ?? [], c.person_ids ?? []);
    const mailer = context.resource<Mailer>('mailer');
    const host = context.caller.id ? (await context.persons([context.caller.id])).get(context.caller.id)?.full_name : null;
    const page = mailPage({
      title: playlist.name, paragraphs: [`${host || 'Somebody'} asks you to review the playlist ${playlist.name}.`, ...(c.message ? [c.message] : [])],
      button: { label: 'Review', url: `${mailer.publicUrl}/shared/playlists/${c.token}` },
    });
    for (const to of sent) {
      await mailer.send({ to, subject: `Review: ${playlist.name}`, ...page }).catch((error) => {
        if (error instanceof MailFailed) throw new DomainError('Unavailable', 'The mail server does not take the mail now. Try again.', { cause: error });
        throw error;
      });
    }
    await context.runAsSystem(noteSent, { share_link_id: link.id, count: sent.length }, 'sent');
    return { sent };
  },
});
export const inviteCommands = [noteSent];
export const inviteRoute = route({ method: 'post', path: '/data/playlists/{playlist_id}/share/{token}/invite', summary: 'Send a share link by mail', answers: { 200: Invitations }, command: invite, status: 200, body: Invite.pick({ emails: true, person_ids: true, message: true }) });
