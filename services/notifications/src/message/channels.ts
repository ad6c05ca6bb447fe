import { DomainError, type PersonCard } from '@shotlog/kernel';
import { mailPage, type Mailer } from '@shotlog/mail';
import { post } from '../webhook/post.ts';
import type { Content } from './content.ts';
import type { Channel } from './queue.ts';

/** Secrets of the studio's chat services, as auth keeps them. */
export type ChatSecrets = { chat_token_slack?: string | null; chat_webhook_mattermost?: string | null; chat_token_discord?: string | null };
export type ChannelParts = { mailer: Mailer; privateAddresses: boolean; slackUrl: string; discordUrl: string; secrets: () => Promise<ChatSecrets> };

const TIMEOUT_MS = 15_000;
const failed = (service: string, status: number | string) => new DomainError('Unavailable', `${service} answered ${status}.`);
const plain = ({ title, text, url }: Content): string => [title, ...(text ? [text] : []), url].join('\n');

const ask = async (service: string, url: string, authorization: string, body?: unknown): Promise<any> => {
  const response = await fetch(url, { method: body === undefined ? 'GET' : 'POST', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS), headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw failed(service, response.status);
  return response.json();
};

const slack = async (token: string, userId: string, content: Content, base: string) => {
  const answer = await ask('Slack', `${base}/chat.postMessage`, `Bearer ${token}`, { channel: userId, text: plain(content) });
  // Slack says with 200 that it did not do it.
  if (!answer.ok) throw failed('Slack', String(answer.error ?? 'not ok').slice(0, 60));
};

const mattermost = async (hook: string, userId: string, content: Content, privateAddresses: boolean) => {
  const status = await post(hook, {}, JSON.stringify({ channel: `@${userId.replace(/^@/, '')}`, text: plain(content) }), { privateAddresses });
  if (status < 200 || status > 299) throw failed('Mattermost', status);
};

/** A Discord user by id, or by name among the members of the servers that the bot is on. */
const discordUser = async (base: string, authorization: string, wanted: string): Promise<string> => {
  if (/^\d{15,22}$/.test(wanted)) return wanted;
  const name = wanted.replace(/^@|#\d+$/g, '');
  for (const guild of await ask('Discord', `${base}/users/@me/guilds`, authorization)) {
    const members = await ask('Discord', `${base}/guilds/${guild.id}/members/search?limit=10&query=${encodeURIComponent(name)}`, authorization);
    const found = members.find((m: any) => m.user.username === name);
    if (found) return found.user.id;
  }
  throw failed('Discord', 'that it knows no such member');
};
const discord = async (token: string, userId: string, content: Content, base: string) => {
  const authorization = `Bot ${token}`;
  const { id } = await ask('Discord', `${base}/users/@me/channels`, authorization, { recipient_id: await discordUser(base, authorization, userId) });
  await ask('Discord', `${base}/channels/${id}/messages`, authorization, { content: plain(content).slice(0, 2_000) });
};

/** Sends a message by a channel that the person has chosen. Answers false where the studio has not set the channel up. @throws Error when it was not taken. */
export const deliver = async (channel: Channel, card: PersonCard, content: Content, parts: ChannelParts): Promise<boolean> => {
  if (channel === 'mail') {
    const page = mailPage({ title: content.title, paragraphs: content.text ? [content.text] : [], button: { label: 'Open', url: content.url } });
    await parts.mailer.send({ to: card.email!, subject: `[Shotlog] ${content.title}`, ...page });
    return true;
  }
  const { chat_token_slack, chat_webhook_mattermost, chat_token_discord } = await parts.secrets();
  const userId = String(card[`notifications_${channel}_userid`]);
  if (channel === 'slack' && chat_token_slack) return slack(chat_token_slack, userId, content, parts.slackUrl).then(() => true);
  if (channel === 'mattermost' && chat_webhook_mattermost) return mattermost(chat_webhook_mattermost, userId, content, parts.privateAddresses).then(() => true);
  if (channel === 'discord' && chat_token_discord) return discord(chat_token_discord, userId, content, parts.discordUrl).then(() => true);
  return false;
};
