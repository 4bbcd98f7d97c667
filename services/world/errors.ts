/**
 * Errors of the world in koji's own classes: bodhi's rules are built on koji's calls, and both need to tell them apart.
 * Source of codes: koji-project/koji koji/__init__.py, the subclasses of GenericError.
 */

export const FAULTS = {
  Fault: 1,
  GenericError: 1000,
  LockError: 1001,
  AuthError: 1002,
  TagError: 1003,
  ActionNotAllowed: 1004,
  BuildError: 1005,
  AuthLockError: 1006,
  AuthExpired: 1007,
  SequenceError: 1008,
  RetryError: 1009,
  FunctionDeprecated: 1013,
  ServerOffline: 1014,
  ParameterError: 1019,
} as const;

export type FaultName = keyof typeof FAULTS;

/** What koji's hub answers as an XML-RPC fault. */
export class KojiError extends Error {
  readonly code: number;
  constructor(
    readonly kind: FaultName,
    message: string,
  ) {
    super(message);
    this.name = "KojiError";
    this.code = FAULTS[kind];
  }
}

export function genericError(message: string): KojiError {
  return new KojiError("GenericError", message);
}

export function parameterError(message: string): KojiError {
  return new KojiError("ParameterError", message);
}
