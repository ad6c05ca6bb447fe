import { z } from 'zod';
import { event, type EventOf } from './event.ts';
import { ROLES } from './caller.ts';

const Id = z.guid();
/**
 * What every service may know of a person. Names, addresses and whatever else tells who it is travel in `sealed`, encrypted
 * with a key of that person which only auth holds: destroying the key forgets the person, in every copy of the log.
 */
export const PersonFacts = z.object({
  role: z.enum(ROLES), active: z.boolean(), archived: z.boolean(), departments: z.array(Id), is_bot: z.boolean(), is_guest: z.boolean(),
  studio_id: Id.nullable(), has_avatar: z.boolean(), contract_type: z.string().nullable(), position: z.string().nullable(),
  seniority: z.string().nullable(), daily_salary: z.number().nullable(), timezone: z.string().nullable(), locale: z.string().nullable(),
  shotgun_id: z.number().nullable().optional(), expiration_date: z.string().nullable().optional(), use_12_hour_clock: z.boolean().optional(), display_date_format: z.string().nullable().optional(),
  notifications_enabled: z.boolean().optional(), notifications_slack_enabled: z.boolean().optional(), notifications_mattermost_enabled: z.boolean().optional(),
  notifications_discord_enabled: z.boolean().optional(), totp_enabled: z.boolean().optional(), email_otp_enabled: z.boolean().optional(), fido_enabled: z.boolean().optional(),
  preferred_two_factor_authentication: z.string().nullable().optional(), is_generated_from_ldap: z.boolean().optional(),
});
export type PersonFacts = z.infer<typeof PersonFacts>;

const person = (name: string) => (e: { data: { person_id: string } }) => [{ name, payload: { person_id: e.data.person_id } }];

export const PersonCreated = event('PersonCreated', 1, z.object({ person_id: Id, facts: PersonFacts, sealed: z.string() }),
  { publish: person('person:new') });
/** `facts` holds what changed of them; `sealed` replaces what changed of the rest, null when nothing did. */
export const PersonUpdated = event('PersonUpdated', 1, z.object({ person_id: Id, facts: PersonFacts.partial(), sealed: z.string().nullable() }),
  { publish: person('person:update') });
export const PersonDeleted = event('PersonDeleted', 1, z.object({ person_id: Id }), { publish: person('person:delete') });
export const PersonAvatarSet = event('PersonAvatarSet', 1, z.object({ person_id: Id, has_avatar: z.boolean() }),
  { publish: (e) => [...person('person:update')(e), ...(e.data.has_avatar ? person('person:set-thumbnail')(e) : [])] });
/** A sign-in was ended before its time: every token of the session is refused from then on. `until` is when the last one expires. */
export const SessionEnded = event('SessionEnded', 1, z.object({ session_id: z.string(), person_id: Id, until: z.string() }));

const team = (e: { data: { project_id: string } }) => [{ name: 'project:update', payload: { project_id: e.data.project_id } }];
const Member = z.object({ project_id: Id, person_id: Id });
/** `role` is the person's role in this production only; null: the studio's. */
export const TeamMemberAdded = event('TeamMemberAdded', 1, Member.extend({ role: z.enum(ROLES).nullable() }), { publish: team });
export const TeamMemberRoleSet = event('TeamMemberRoleSet', 1, Member.extend({ role: z.enum(ROLES).nullable() }), { publish: team });
export const TeamMemberRemoved = event('TeamMemberRemoved', 1, Member, { publish: team });

export type PersonEvent = EventOf<typeof PersonCreated | typeof PersonUpdated | typeof PersonDeleted | typeof PersonAvatarSet>;
export type TeamEvent = EventOf<typeof TeamMemberAdded | typeof TeamMemberRoleSet | typeof TeamMemberRemoved>;
