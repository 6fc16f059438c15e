import twilio from 'twilio'
import type { FakeTwilioAccess } from './testing/fake-client.js'

type Request = Parameters<InstanceType<typeof twilio.RequestClient>['request']>[0]

/** The client of the package `twilio`, whose own request client asks a fake instead of Twilio. */
export function realClient({ origin, accountSid, authToken }: FakeTwilioAccess, timeoutMs = 5_000) {
  const httpClient = new twilio.RequestClient({ timeout: timeoutMs })
  const ask = httpClient.request.bind(httpClient)
  httpClient.request = (request: Request) =>
    ask({ ...request, uri: request.uri.replace('https://api.twilio.com', origin) })
  return twilio(accountSid, authToken, { httpClient })
}
