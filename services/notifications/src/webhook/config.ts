import { z } from 'zod';

/** What of the environment concerns webhooks. */
export const WebhookConfig = z.object({
  /** Whether webhooks may call this machine and private networks. A studio in a cellar wants it; a hosted one must not. */
  WEBHOOK_PRIVATE_ADDRESSES: z.stringbool().default(false),
});
