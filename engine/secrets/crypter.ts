/** What encrypts and decrypts the secrets of one stack. */
export interface Crypter {
  /** Encrypts; a plaintext that was decrypted at the same place gets its old ciphertext back. */
  encrypt(plaintext: string, where?: string): string;
  /** Decrypts. Throws a WrongPassphrase error when the key does not fit. */
  decrypt(ciphertext: string, where?: string): string;
}
