/** What a method of the hub is given and what it gives. */
import type { World } from "../world/world";
import type { Value } from "../xmlrpc/values";
import type { Bound } from "./binding";
import type { Session, Sessions } from "./sessions";

export interface CallContext {
  readonly world: World;
  readonly session: Session | null;
  readonly sessions: Sessions;
  /** Calls another method as the same caller. @throws KojiError */
  readonly call: (method: string, params: readonly Value[]) => Value;
  /** The path of an RPM's file, or undefined when koji has only its metadata. */
  readonly rpmFile: (sha256: string) => string | undefined;
}

/** The arguments by parameter name. */
export type Arguments = Bound["values"];

export type Method = (context: CallContext, args: Arguments, bound: Bound) => Value;

export interface Methods {
  readonly [name: string]: Method;
}
