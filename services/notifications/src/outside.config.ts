import { z } from 'zod';

/** What of the environment concerns what is told outside of the studio. */
export const OutsideConfig = z.object({
  /** Whether webhooks may call this machine and private networks. A studio in a cellar wants it; a hosted one must not. */
  WEBHOOK_PRIVATE_ADDRESSES: z.stringbool().default(false),
  SLACK_API_URL: z.url().default('https://slack.com/api'),
  DISCORD_API_URL: z.url().default('https://discord.com/api/v10'),
});
