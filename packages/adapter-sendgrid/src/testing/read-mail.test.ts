import { describe, expect, it } from 'vitest'
import { readMail } from './read-mail.js'

describe('reading a message', () => {
  it('that says nothing finds nothing', async () => {
    expect(await readMail(Buffer.from('X-Note: bare\r\n\r\n'))).toEqual({
      subject: '',
      from: '',
      to: '',
      html: null,
      text: null,
      attachments: [],
    })
  })

  it('finds a file without a name, and all who are addressed', async () => {
    const head =
      'From: a@b.example\r\nTo: c@d.example\r\nTo: e@f.example\r\nContent-Type: application/pdf\r\n\r\n'
    const mail = await readMail(Buffer.from(`${head}%PDF`))
    expect(mail.to).toContain('e@f.example')
    expect(mail.attachments).toMatchObject([
      { filename: null, contentType: 'application/pdf', contentId: null, bytes: Buffer.from('%PDF') },
    ])
  })
})
