import * as z from 'zod'

// `POST /v3/mail/send` as its OpenAPI document describes it, with nothing beside what that names

const emailSchema = z
  .string()
  .regex(/^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/, 'Does not contain a valid address.')
  .regex(/^[ -~]+$/, 'Does not contain a valid address.')
  .max(320)
const addressSchema = z.strictObject({ email: emailSchema, name: z.string().exactOptional() })
const textSchema = z.string().min(1)
const wordsSchema = z.record(z.string(), z.string())
const switchSchema = z.strictObject({ enable: z.boolean().exactOptional() })
const recipientsSchema = z.array(addressSchema).max(1_000)

const personalizationSchema = z.strictObject({
  from: addressSchema.exactOptional(),
  to: recipientsSchema.min(1),
  cc: recipientsSchema.exactOptional(),
  bcc: recipientsSchema.exactOptional(),
  subject: textSchema.exactOptional(),
  headers: wordsSchema.exactOptional(),
  substitutions: wordsSchema.exactOptional(),
  dynamic_template_data: z.record(z.string(), z.unknown()).exactOptional(),
  custom_args: wordsSchema.exactOptional(),
  send_at: z.int().exactOptional(),
})

const attachmentSchema = z.strictObject({
  content: textSchema.regex(
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
    'The attachment content must be base64 encoded.',
  ),
  type: textSchema.regex(/^[^;\r\n]+$/).exactOptional(),
  filename: textSchema.regex(/^[^\r\n]+$/),
  disposition: z.enum(['inline', 'attachment']).exactOptional(),
  content_id: textSchema.regex(/^[^\s<>;,]+$/).exactOptional(),
})

const mailSettingsSchema = z.strictObject({
  bypass_list_management: switchSchema.exactOptional(),
  bypass_spam_management: switchSchema.exactOptional(),
  bypass_bounce_management: switchSchema.exactOptional(),
  bypass_unsubscribe_management: switchSchema.exactOptional(),
  footer: switchSchema
    .extend({ text: z.string().exactOptional(), html: z.string().exactOptional() })
    .exactOptional(),
  sandbox_mode: switchSchema.exactOptional(),
})

const trackingSchema = z.strictObject({
  click_tracking: switchSchema.extend({ enable_text: z.boolean().exactOptional() }).exactOptional(),
  open_tracking: switchSchema.extend({ substitution_tag: z.string().exactOptional() }).exactOptional(),
  subscription_tracking: switchSchema
    .extend({
      text: z.string().exactOptional(),
      html: z.string().exactOptional(),
      substitution_tag: z.string().exactOptional(),
    })
    .exactOptional(),
  ganalytics: switchSchema.catchall(z.string()).exactOptional(),
})

/** The schema of a request. */
export const mailSendSchema = z.strictObject({
  personalizations: z
    .array(personalizationSchema)
    .min(1, 'You must have at least one personalization.')
    .max(1_000),
  from: addressSchema,
  reply_to: addressSchema.exactOptional(),
  reply_to_list: recipientsSchema.exactOptional(),
  subject: textSchema.exactOptional(),
  content: z
    .array(z.strictObject({ type: textSchema, value: textSchema }))
    .min(1)
    .exactOptional(),
  attachments: z.array(attachmentSchema).exactOptional(),
  template_id: z.string().exactOptional(),
  headers: wordsSchema.exactOptional(),
  categories: z.array(z.string().max(255)).max(10).exactOptional(),
  custom_args: wordsSchema.exactOptional(),
  send_at: z.int().exactOptional(),
  batch_id: z.string().exactOptional(),
  asm: z
    .strictObject({ group_id: z.int(), groups_to_display: z.array(z.int()).max(25).exactOptional() })
    .exactOptional(),
  ip_pool_name: z.string().min(2).max(64).exactOptional(),
  mail_settings: mailSettingsSchema.exactOptional(),
  tracking_settings: trackingSchema.exactOptional(),
})

/** A request as the fake read it. */
export type ReadMailSend = z.output<typeof mailSendSchema>
