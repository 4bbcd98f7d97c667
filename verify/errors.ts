/** The verification could not run: exit code 2. The message says what failed, where, and what to do. */
export class CannotRun extends Error {
  override readonly name = "CannotRun";
}
