/** The hub: finds the method, binds its arguments, calls it, and tells which calls were writes or not modelled. */
import { FAULTS, genericError, KojiError } from "../world/errors";
import type { World } from "../world/world";
import { isStruct, type Value } from "../xmlrpc/values";
import { Unmodelled } from "./arguments";
import { allSignatures, bind } from "./binding";
import type { CallContext, Method } from "./method";
import { absentMethods } from "./methods/absent";
import { buildMethods } from "./methods/builds";
import { historyMethods } from "./methods/history";
import { repoMethods } from "./methods/repos";
import { rpmMethods } from "./methods/rpms";
import { systemMethods } from "./methods/system";
import { tagMethods } from "./methods/tags";
import { taskMethods } from "./methods/tasks";
import { userMethods } from "./methods/users";
import { writeMethods } from "./methods/writes";
import type { Session, Sessions } from "./sessions";

const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    absentMethods,
    buildMethods,
    tagMethods,
    historyMethods,
    rpmMethods,
    repoMethods,
    taskMethods,
    userMethods,
    systemMethods,
    writeMethods,
  ].flatMap((group) => Object.entries(group)),
);

const WRITES = new Set(Object.keys(writeMethods));
const MULTICALLS = new Set(["multiCall", "system.multicall"]);
/** Calls of one multiCall; koji's own limit is the request's length. */
const MULTICALL_LIMIT = 10_000;

export function isModelled(method: string): boolean {
  return METHODS.has(method) || MULTICALLS.has(method);
}

export type Outcome =
  | { kind: "value"; value: Value }
  | { kind: "fault"; code: number; message: string; unmodelled: boolean };

/** One call as the journal has it; those inside a multiCall are told one by one. */
export interface CallRecord {
  method: string;
  params: readonly Value[];
  outcome: Outcome;
  write: boolean;
}

export interface HubCaller {
  readonly world: World;
  readonly session: Session | null;
  readonly sessions: Sessions;
  readonly rpmFile: (sha256: string) => string | undefined;
  /** A fault that is injected into this call. */
  readonly injected: (method: string) => KojiError | undefined;
  /** Told of a defect of ours, which the client sees only as fault 1. */
  readonly defect: (method: string, error: unknown) => void;
}

/** Faults for what went wrong in koji's manner. A defect of ours is fault 1 without its stack. */
function asFault(error: unknown): Outcome & { kind: "fault" } {
  if (error instanceof KojiError) return { kind: "fault", code: error.code, message: error.message, unmodelled: false };
  if (error instanceof Unmodelled) {
    return { kind: "fault", code: FAULTS.GenericError, message: error.message, unmodelled: true };
  }
  const name = error instanceof Error ? error.name : "Error";
  return {
    kind: "fault",
    code: FAULTS.Fault,
    message: `<class 'Exception'>: internal error (${name})`,
    unmodelled: false,
  };
}

/** Calls one method. @throws KojiError, Unmodelled */
function invoke(caller: HubCaller, method: string, params: readonly Value[]): Value {
  const injected = caller.injected(method);
  if (injected !== undefined) throw injected;
  const signature = allSignatures().get(method);
  if (signature === undefined) throw new Unmodelled(method);
  const handler = METHODS.get(method);
  if (handler === undefined) throw new Unmodelled(method);
  const bound = bind(signature, params);
  const context: CallContext = {
    world: caller.world,
    session: caller.session,
    sessions: caller.sessions,
    rpmFile: caller.rpmFile,
    call: (name, list) => invoke(caller, name, list),
  };
  return handler(context, bound.values, bound);
}

function dispatch(caller: HubCaller, method: string, params: readonly Value[]): Outcome {
  try {
    return { kind: "value", value: invoke(caller, method, params) };
  } catch (error) {
    if (!(error instanceof KojiError) && !(error instanceof Unmodelled)) caller.defect(method, error);
    return asFault(error);
  }
}

/** A fault among a multiCall's results has a traceback in koji; here it is empty, as no answer shows a stack. */
function multiCall(caller: HubCaller, params: readonly Value[], records: CallRecord[]): Outcome {
  const [calls] = params;
  if (params.length !== 1 || !Array.isArray(calls)) {
    return asFault(new KojiError("ParameterError", "multiCall() takes one list of calls"));
  }
  if (calls.length > MULTICALL_LIMIT) return asFault(genericError("Request too long"));
  const results = (calls as readonly Value[]).map((call): Value => {
    const method = isStruct(call) && typeof call.methodName === "string" ? call.methodName : "";
    const list = isStruct(call) && Array.isArray(call.params) ? (call.params as readonly Value[]) : [];
    const outcome: Outcome = MULTICALLS.has(method)
      ? asFault(genericError("multiCall inside multiCall is not supported"))
      : dispatch(caller, method, list);
    records.push({ method, params: list, outcome, write: WRITES.has(method) });
    if (outcome.kind === "value") return [outcome.value];
    return { faultCode: outcome.code, faultString: outcome.message, traceback: [] };
  });
  return { kind: "value", value: results };
}

/** Answers one request. @returns its outcome, and the record of every call made by it (the request itself last) */
export function callHub(
  caller: HubCaller,
  method: string,
  params: readonly Value[],
): { outcome: Outcome; records: CallRecord[] } {
  const records: CallRecord[] = [];
  const outcome = MULTICALLS.has(method) ? multiCall(caller, params, records) : dispatch(caller, method, params);
  records.push({ method, params, outcome, write: WRITES.has(method) });
  return { outcome, records };
}
