import { recipientTag, storedMessageId } from '../web-api/recipient-tag.js'

const LONGEST = 256
const MOST = 10

/**
 * The forms under which a message may be stored, the likeliest first. `sg_message_id` begins with the X-Message-Id of the
 * request, which older ones spell with dots, and ends with where it was processed; `smtp-id` has it before the `@`. Of a
 * request for several it is stored with a tag of the recipient.
 */
export function messageIdForms(sgMessageId: string, smtpId: string, email: string): readonly string[] {
  const smtp = /^<?([^<>]*?)>?$/.exec(smtpId.trim())?.[1] ?? ''
  const ids = [
    sgMessageId.replace(/\.(?:[a-z]*filter|recvd)[\w-]*\..*$/, ''),
    sgMessageId.replace(/\..*$/s, ''),
    smtp.replace(/@.*$/s, ''),
  ]
  const tag = recipientTag(email)
  const forms = ids.flatMap((id) => (id === '' ? [] : [storedMessageId(id, tag), id]))
  const whole = [sgMessageId, smtpId.trim()].filter((id) => id !== '')
  return [...new Set([...forms, ...whole])].filter(({ length }) => length <= LONGEST).slice(0, MOST)
}
