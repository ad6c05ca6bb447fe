import { event, type EventOf } from '@shotlog/kernel';
import { z } from 'zod';

const Id = z.guid();
const Ids = z.object({ share_link_id: Id, playlist_id: Id, project_id: Id });
/**
 * Somebody outside may see a playlist; streams `share_link-<id>`. Token and password stand in no event: the token follows from the id
 * and the studio's secret, the password's hash lies in a private table. `expiration_date` is UTC without a zone.
 */
export const ShareLinkCreated = event('ShareLinkCreated', 1, Ids.extend({ created_by: Id.nullable(), expiration_date: z.string().nullable(), can_comment: z.boolean(), has_password: z.boolean() }));
export const ShareLinkRevoked = event('ShareLinkRevoked', 1, Ids);
/** A guest came by the link. Who it is only auth knows. */
export const GuestJoined = event('GuestJoined', 1, Ids.extend({ person_id: Id }));
/** A guest put files beside a comment: counted, since a link takes only so many. */
export const GuestFilesAdded = event('GuestFilesAdded', 1, Ids.extend({ person_id: Id, comment_id: Id, files: z.number().int(), size_bytes: z.number().int() }));
/** Addresses are personal: only how many were written to is told here. */
export const ShareLinkSent = event('ShareLinkSent', 1, Ids.extend({ count: z.number().int() }));

export const shareLinkEvents = [ShareLinkCreated, ShareLinkRevoked, GuestJoined, GuestFilesAdded, ShareLinkSent] as const;
export type ShareLinkEvent = EventOf<(typeof shareLinkEvents)[number]>;
