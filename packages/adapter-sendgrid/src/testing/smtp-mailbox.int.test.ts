import { describe, expect, it } from 'vitest'
import { createSendgridChannel } from '../channel.js'
import { SAMPLE_SCOPE, sampleMessage } from './sample-message.js'
import { createSmtpMailbox } from './smtp-mailbox.js'

describe('a mailbox', () => {
  it('waits for so many messages', async () => {
    const mailbox = await createSmtpMailbox()
    const channel = createSendgridChannel({
      from: 'hi@pizza.example',
      smtp: { host: mailbox.host, port: mailbox.port },
    })
    const waiting = [mailbox.waitFor(3), mailbox.waitFor(1)]
    for (const to of ['a@example.com', 'b@example.com', 'c@example.com']) {
      await channel.send(SAMPLE_SCOPE, [sampleMessage({ to })])
    }
    const [three] = await Promise.all(waiting)
    expect(three?.map(({ to }) => to)).toEqual(['a@example.com', 'b@example.com', 'c@example.com'])
    expect(await mailbox.waitFor(2)).toHaveLength(3)
    await channel.close?.()
    await mailbox.close()
  })

  it('lets nobody wait for ever', async () => {
    const mailbox = await createSmtpMailbox()
    const waiting = expect(mailbox.waitFor(1)).rejects.toThrow('closed')
    await mailbox.close()
    await waiting
  })

  it('takes thousands of messages in seconds', async () => {
    const mailbox = await createSmtpMailbox()
    const channel = createSendgridChannel({
      from: 'hi@pizza.example',
      smtp: { host: mailbox.host, port: mailbox.port },
    })
    const text = 'a line of ten kilobytes in all\n'.repeat(320)
    const count = 1_000
    const sending = Array.from({ length: count }, (_, n) =>
      channel.send(SAMPLE_SCOPE, [sampleMessage({ to: `c${n}@example.com` }, { html: null, text })]),
    )
    await Promise.all(sending)
    expect(new Set(mailbox.messages.map(({ to }) => to)).size).toBe(count)
    await channel.close?.()
    await mailbox.close()
  }, 20_000)
})
