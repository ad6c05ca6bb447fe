import { command, Reply, route, spanning, to, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { GuestJoined } from './share-link.events.ts';
import { isGuest, openLink } from './share-link.queries.ts';
import { shareLinkState, shareLinkStream, type ShareLinkState } from './share-link.state.ts';
import { Person } from '@shotlog/auth/person/person.answers';

const admit = command({
  subject: 'cmd.playlists.admit-guest', schema: z.object({ share_link_id: z.guid(), person_id: z.guid() }), state: shareLinkState, stream: shareLinkStream, access: to.system,
  decide: ({ person_id }: { share_link_id: string; person_id: string }, state: ShareLinkState): NewEvent[] =>
    (state.status !== 'open' || state.guests.has(person_id) ? [] : [GuestJoined({ ...state.ids, person_id })]),
});

/** What clients of the API read of a new person and what no guest has. */
const NO_SECRETS = { password: null, totp_secret: null, email_otp_secret: null, otp_recovery_codes: null, fido_credentials: null, jti: null, last_login_failed: null, login_failed_attemps: 0 };
const Name = z.string().max(80).nullish();
const Join = z.object({ token: z.string(), password: z.string().nullable(), guest_id: z.union([z.literal(''), z.guid().toLowerCase()]).nullish(), first_name: Name, last_name: Name });

/** A guest is a person of the role client who cannot sign in and is on no team: only the link lets them in. */
const newGuest = async (context: Context, share_link_id: string, { first_name, last_name }: z.infer<typeof Join>): Promise<unknown> => {
  const person_id = context.moment.id('guest');
  const card = await context.send('cmd.auth.create-person', {
    person_id, first_name: first_name || 'Guest', last_name: last_name || '', email: `guest-${person_id.slice(0, 8)}@guest.kitsu`, role: 'client', is_guest: true, data: { share_link_id },
  }, 'guest');
  await context.runAsSystem(admit, { share_link_id, person_id }, 'admit');
  await context.settled();
  return { ...card, ...NO_SECRETS };
};

/** Lets somebody in by a link: under the name that they give, or again as the guest that they were. */
const joinLink = spanning({
  subject: 'cmd.playlists.join-by-link', schema: Join, access: to.linkHolders,
  handle: async (c: z.infer<typeof Join>, context) => {
    const link = await openLink(context, c.token, c.password);
    const known = c.guest_id && (await isGuest(context.db, link, c.guest_id)) ? (await context.persons([c.guest_id])).get(c.guest_id) : undefined;
    return known ? { again: true, guest: known } : { again: false, guest: await newGuest(context, link.id, c) };
  },
});
export const joinCommands = [admit];
export const joinRoute = route({
  method: 'post', path: '/shared/playlists/{token}/guest', summary: 'Come in by a share link', answers: { 200: Person, 201: Person }, description: '201 for a new guest; 200 for one that came by this link before (`guest_id`).',
  command: joinLink, status: 201, body: Join.pick({ guest_id: true, first_name: true, last_name: true }), input: (r) => ({ ...(r.body as object), token: r.params.token, password: r.search.get('password') }),
  reply: ({ again, guest }) => (again ? new Reply(200, { 'content-type': 'application/json' }, JSON.stringify(guest)) : guest),
});
