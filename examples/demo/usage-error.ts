/** Something that the person at the keyboard can put right: the message alone is shown. */
export class UsageError extends Error {}
