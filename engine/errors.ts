/**
 * An error of the user's making or of the world's: shown as its message alone, without a stack trace. `code` is the exit
 * code, as pulumi/pulumi pkg/cmd/pulumi/cmd/exit_codes.go has them.
 */
export class UserError extends Error {
  constructor(
    message: string,
    readonly code: number = EXIT.error,
  ) {
    super(message);
  }
}

export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  stackNotFound: 6,
  changesNotExpected: 7,
  internal: 255,
} as const;
