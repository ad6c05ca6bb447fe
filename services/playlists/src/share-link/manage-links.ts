import { command, f, fieldSchema, Invalid, NotFound, route, to, type Context, type NewEvent, type QueryContext } from '@shotlog/kernel';
import { z } from 'zod';
import { mayManagePlaylist } from '../playlist/playlist.policy.ts';
import { findPlaylist } from '../playlist/playlist.queries.ts';
import { ShareLinkCreated, ShareLinkRevoked } from './share-link.events.ts';
import { linkOf, linksOf, shownLink } from './share-link.queries.ts';
import { shareLinkState, shareLinkStream, type ShareLinkState } from './share-link.state.ts';
import { keepPassword, type ShareTokens } from './token.ts';
import { ShareLink } from '../playlist/playlist.answers.ts';

const tokensOf = (context: Pick<Context, 'resource'>): ShareTokens => context.resource<ShareTokens>('shareTokens');
const answer = async ({ share_link_id }: { share_link_id: string }, context: Context): Promise<unknown> =>
  shownLink(await linkOf(context, tokensOf(context).of(share_link_id)), tokensOf(context));

const Flag = fieldSchema('can_comment', f.boolean()).transform((value) => (value ?? true) as boolean);
const CreateLink = z.object({ playlist_id: z.string(), can_comment: Flag, password: z.string().max(1_000).nullish(), expiration_date: fieldSchema('expiration_date', f.time()).transform((value) => (value ?? null) as string | null) });
type CreateLink = { share_link_id: string; playlist_id: string; project_id: string; created_by: string | null; can_comment: boolean; expiration_date: string | null; has_password: boolean };

/** Shares a playlist with whoever has the link. Without `expiration_date` it stays open until it is revoked. */
const createShareLink = command({
  subject: 'cmd.playlists.create-share-link', schema: CreateLink, secret: true, state: shareLinkState, creates: true, stream: shareLinkStream, answer,
  access: to.teamManagers, policy: (caller, c: CreateLink) => mayManagePlaylist(caller, c.project_id),
  prepare: async ({ playlist_id, can_comment, password, expiration_date }, context): Promise<CreateLink> => {
    const { id, project_id } = await findPlaylist(context.db, playlist_id);
    mayManagePlaylist(context.caller, project_id);
    const share_link_id = context.moment.id();
    if (password) await keepPassword(context.db, share_link_id, password);
    return { share_link_id, playlist_id: id, project_id, created_by: context.moment.actor, can_comment, expiration_date, has_password: Boolean(password) };
  },
  decide: ({ share_link_id, playlist_id, project_id, created_by, can_comment, expiration_date, has_password }: CreateLink): NewEvent[] =>
    [ShareLinkCreated({ share_link_id, playlist_id, project_id, created_by, can_comment, expiration_date, has_password })],
});

type OfLink = { share_link_id: string };
/** The link of a token below its own playlist. @throws NotFound (404). */
export const managedLink = async (context: Context, { playlist_id, token }: { playlist_id: string; token: string }) => {
  const playlist = await findPlaylist(context.db, playlist_id);
  mayManagePlaylist(context.caller, playlist.project_id);
  const link = await linkOf(context, token);
  if (link.playlist_id !== playlist.id) throw new NotFound('share link');
  return { link, playlist };
};
/** Shuts a link for good; one that is shut already stays so. */
const revokeShareLink = command({
  subject: 'cmd.playlists.revoke-share-link', schema: z.object({ playlist_id: z.string(), token: z.string() }), secret: true, state: shareLinkState, stream: shareLinkStream, answer,
  access: to.teamManagers, policy: (caller, _, state: ShareLinkState) => { if (state.status !== 'missing') mayManagePlaylist(caller, state.ids.project_id); },
  prepare: async (c, context): Promise<OfLink> => ({ share_link_id: (await managedLink(context, c)).link.id }),
  decide: (_: OfLink, state: ShareLinkState): NewEvent[] => (state.status === 'open' ? [ShareLinkRevoked(state.ids)] : []),
});

const list = async (c: QueryContext): Promise<unknown> => {
  const playlist = await findPlaylist(c.db, c.request.params.playlist_id!);
  mayManagePlaylist(c.caller, playlist.project_id);
  return (await linksOf(c.db, playlist.id)).map((link) => shownLink(link, tokensOf(c)));
};

/** A body that is no object would otherwise say nothing of what was wanted. */
const body = (given: unknown): object => {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) throw new Invalid('The body must be an object.');
  return given;
};
export const manageRoutes = [
  route({ method: 'get', path: '/data/playlists/{playlist_id}/share', summary: "List a playlist's open share links", answers: { 200: z.array(ShareLink) }, access: to.teamManagers, ask: list }),
  route({ method: 'post', path: '/data/playlists/{playlist_id}/share', summary: 'Share a playlist by a link', answers: { 201: ShareLink }, command: createShareLink, status: 201, body: CreateLink.omit({ playlist_id: true }),
    input: (r) => ({ ...body(r.body), ...r.params }) }),
  route({ method: 'delete', path: '/data/playlists/{playlist_id}/share/{token}', summary: 'Revoke a share link', answers: { 200: ShareLink }, command: revokeShareLink, status: 200, input: (r) => r.params }),
];
