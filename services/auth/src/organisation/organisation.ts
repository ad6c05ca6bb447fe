import { access, derivedId, f, raw, resource, sql, type Context } from '@shotlog/kernel';
import { keep } from '../person/private.ts';

/** Texts with which Shotlog speaks to the studio's chats: secrets, kept beside the log and shown to admins only. */
export const CHAT_SECRETS = ['chat_token_slack', 'chat_webhook_mattermost', 'chat_token_discord'] as const;
const flag = () => f.boolean({ default: false });

const secretColumns = Object.fromEntries(CHAT_SECRETS.map((name) =>
  [name, raw(`coalesce((select s.${name} from organisation_secret s where s.organisation_id = t.id), '')`)]));

const SECRET_FIELDS = Object.fromEntries(CHAT_SECRETS.map((name) => [name, f.string(255, { hidden: true })]));

/** Puts the secrets among the values where they belong, and nothing of them into the event. */
const apart = async (values: Record<string, any>, organisation_id: string, context: Context): Promise<Record<string, undefined>> => {
  const given = CHAT_SECRETS.filter((name) => values[name] !== undefined);
  await keep(context.db, sql`insert into organisation_secret (organisation_id) values (${organisation_id}) on conflict do nothing`,
    ...given.map((name) => sql`update organisation_secret set ${raw(name)} = ${values[name]} where organisation_id = ${organisation_id}`));
  return Object.fromEntries(CHAT_SECRETS.map((name) => [name, undefined]));
};

/** The studio itself: its name and how it counts. There is one from the first start. */
export const organisation = resource({
  service: 'auth', name: 'organisation', path: '/data/organisations', type: 'Organisation', published: 'organisation',
  fields: { name: f.string(80, { required: true }), hours_by_day: f.float({ default: 8 }), has_avatar: flag(), use_original_file_name: flag(), timesheets_locked: flag(), format_duration_in_hours: flag(),
    hd_by_default: flag(), ...SECRET_FIELDS, dark_theme_by_default: flag() },
  access: access.studio, extra: secretColumns,
  creating: (values, context) => apart(values, (values.organisation_id as string | undefined) ?? context.moment.id(), context),
  updating: (changes, row, context) => apart(changes, row.id, context),
});

/** The id of the organisation that stands there from the first start. */
export const ORGANISATION_ID = derivedId('organisation');
