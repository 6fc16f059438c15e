import type { Email } from './check-mail.js'

/** Whether SendGrid rewrites links and adds a pixel of its own. */
export interface ProviderTracking {
  readonly clicks: boolean
  readonly opens: boolean
}

/** What SendGrid counts in a message: what the host wants of it, without what the kit counts there itself. */
export function trackingOf(wanted: ProviderTracking, { tracked }: Email): ProviderTracking {
  return {
    clicks: wanted.clicks && tracked?.clicks !== true,
    opens: wanted.opens && tracked?.opens !== true,
  }
}
