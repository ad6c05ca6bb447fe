/** What the NATS client takes for a `NATS_URL`. */
export type NatsServer = { servers: string[]; user?: string; pass?: string };

/**
 * A `NATS_URL` such as `nats://user:password@host:4222` for the client, which knows no user in a URL and would look for the
 * port in the password. Several servers are separated by commas; the first one's user counts.
 */
export const natsServer = (url: string): NatsServer => {
  const parsed = url.split(',').map((one) => new URL(/^\w+:\/\//.test(one.trim()) ? one.trim() : `nats://${one.trim()}`));
  const { username, password } = parsed[0]!;
  const servers = parsed.map(({ protocol, host }) => `${protocol}//${host}`);
  return username === '' ? { servers } : { servers, user: decodeURIComponent(username), pass: decodeURIComponent(password) };
};
