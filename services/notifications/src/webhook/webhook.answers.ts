import { maybe } from '@shotlog/kernel';
import { z } from 'zod';

/** One message to a webhook, and how far it is. `next_at` is when it is tried again. */
export const Delivery = z.object({
  id: z.string(), name: z.string(), position: z.string(), status: z.enum(['pending', 'delivered', 'failed']), attempts: z.int(), first_at: z.string(), next_at: maybe.text, last_status: maybe.whole, last_error: maybe.text,
}).meta({ id: 'WebhookDelivery' });
