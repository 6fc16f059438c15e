import type { ChannelCapabilities } from '../ports/channel.js'

/** Capabilities of a channel that reaches nobody: e-mail, a window of 10, one message a call, no receipts, no price. */
export function sampleCapabilities(overrides: Partial<ChannelCapabilities> = {}): ChannelCapabilities {
  return {
    kind: 'email',
    addressing: 'person',
    reachesPeople: false,
    account: `test-${overrides.kind ?? 'email'}`,
    window: 10,
    batchSize: 1,
    receipts: [],
    receiptWindowMs: 0,
    idempotencyKeys: false,
    callTimeoutMs: 10_000,
    maxMessageBytes: 30_000_000,
    price: null,
    accountPace: null,
    ...overrides,
  }
}
