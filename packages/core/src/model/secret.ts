/** A key of the host under which links, address keys and sealed values are made. */
export interface Secret {
  /** Names the secret in what was sealed or signed with it: 1-16 of `a-z`, `0-9` and `-`. */
  readonly id: string
  /** At least 16 characters; 32 random bytes in base64 are recommended. */
  readonly key: string
}
