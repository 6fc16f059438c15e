/** Seals texts at rest under the host's secrets. */
export interface Cipher {
  /**
   * Seals with the current key. Two seals of one text differ.
   *
   * @param context - bound to the seal: opening needs the same
   * @returns `keyId.` and base64url
   */
  seal(plain: string, context: string): string
  /**
   * Opens what {@link Cipher.seal} made, with whichever configured key it names.
   *
   * @throws TOKEN_KEY_UNKNOWN when the key id is not configured; SIGNATURE_INVALID when text or context were changed
   */
  open(sealed: string, context: string): string
}
