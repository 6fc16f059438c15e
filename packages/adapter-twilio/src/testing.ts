/**
 * A Twilio in process, for tests and demos.
 *
 * @packageDocumentation
 */
export type { FakeTwilioBehaviour, FakeTwilioStep } from './testing/fake-behaviour.js'
export { connectFakeTwilio, type FakeTwilioAccess } from './testing/fake-client.js'
export type { FakeTwilioMessage } from './testing/fake-message.js'
export {
  type CallbackOrder,
  createFakeTwilio,
  type FakeInbound,
  type FakeTwilio,
  type FakeTwilioOptions,
} from './testing/fake-twilio.js'
export type { TwilioClient, TwilioMessage, TwilioMessageParams } from './twilio-client.js'
