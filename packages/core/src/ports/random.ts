/** Chance. In production cryptographically strong: tokens, salts and jitter are drawn from it. */
export interface Random {
  /** So many random bytes. */
  bytes(length: number): Uint8Array
}
