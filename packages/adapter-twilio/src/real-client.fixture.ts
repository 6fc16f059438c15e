import twilio from 'twilio'
import type { FakeTwilioAccess } from './testing/fake-client.js'

/** The client of the package `twilio`, whose own request client asks a fake instead of Twilio. */
export function realClient({ origin, accountSid, authToken }: FakeTwilioAccess, timeoutMs = 5_000) {
  const httpClient = new twilio.RequestClient({ timeout: timeoutMs })
  const ask: typeof httpClient.request = httpClient.request.bind(httpClient)
  httpClient.request = (request) =>
    ask({ ...request, uri: request.uri.replace('https://api.twilio.com', origin) })
  return twilio(accountSid, authToken, { httpClient })
}
