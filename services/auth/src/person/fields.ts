import { bodySchema, f, fieldSchema, ROLES, type Fields } from '@shotlog/kernel';
import { z } from 'zod';
import { PERSONAL, type Personal } from './private.ts';
import { personTable } from './person.table.ts';

/** What only Shotlog itself sets of a person. */
const OURS = ['id', 'created_at', 'updated_at', 'log_position', 'full_name', 'has_avatar', 'totp_enabled', 'email_otp_enabled', 'fido_enabled', 'is_generated_from_ldap', 'is_guest', 'last_presence'];
const given: Fields = Object.fromEntries(Object.entries(personTable.fields).filter(([name, field]) => !OURS.includes(name) && !field.hidden));

/** What may be said of a person in a request. A name longer than its field is refused; unknown keys are dropped. */
export const PersonBody = bodySchema({ ...given, role: f.string(20, { choices: ROLES }) });
/** The password of a new person stands beside the other fields. */
export const NewPersonBody = PersonBody.extend({ password: fieldSchema('password', f.string(1_000)) as z.ZodType<string | null | undefined> });

/** What somebody may change of themselves: nothing that tells what they are in the studio or what they earn. */
export const OWN_FIELDS = new Set(['first_name', 'last_name', 'email', 'phone', 'country', 'desktop_login', 'timezone', 'locale', 'use_12_hour_clock', 'display_date_format', 'data',
  'preferred_two_factor_authentication', 'notifications_enabled', 'notifications_slack_enabled', 'notifications_slack_userid', 'notifications_mattermost_enabled',
  'notifications_mattermost_userid', 'notifications_discord_enabled', 'notifications_discord_userid']);

/** Values parted into what every service may know and what is sealed. */
export const splitPersonal = (values: Record<string, any>): { facts: Record<string, any>; personal: Personal } => {
  const personal: Record<string, unknown> = {};
  const facts: Record<string, any> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) ((PERSONAL as readonly string[]).includes(name) ? personal : facts)[name] = value;
  return { facts, personal };
};
