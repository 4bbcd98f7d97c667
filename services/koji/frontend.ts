/** koji's HTTP side: the hub at `/kojihub`, files at `/kojifiles/…`, distribution repositories at `/repositories/…`. */
import type { Faults } from "../http/faults";
import { type JournalRecord, type ServiceRequest, type ServiceResponse, text } from "../http/types";
import type { Repositories } from "../repositories/repositories";
import { KojiError } from "../world/errors";
import type { World } from "../world/world";
import { decodeCall } from "../xmlrpc/decode";
import { encodeFault, encodeResponse } from "../xmlrpc/encode";
import { XmlError } from "../xmlrpc/scan";
import { DateTime, Double, RawValue, type Value } from "../xmlrpc/values";
import { serveFile } from "./files";
import { type CallRecord, callHub, type Outcome } from "./hub";
import { KOJI_VERSION } from "./methods/system";
import { withoutSecrets } from "./methods/users";
import type { Session, Sessions } from "./sessions";

export interface KojiParts {
  readonly world: () => World;
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly repositories: Repositories;
  /** The file of an RPM by its digest; undefined when there is none. */
  readonly rpmFile: (sha256: string) => string | undefined;
  readonly log: (message: string) => void;
  /** Pages for people; undefined for a path that is none of theirs. */
  readonly web: (request: ServiceRequest) => ServiceResponse | undefined;
}

const HUB_PATHS = new Set(["/kojihub", "/kojihub/", "/kojihub/ssllogin"]);
const HEADERS = { "content-type": "text/xml", "koji-version": KOJI_VERSION };

/** XML-RPC values as JSON for the journal. */
function plain(value: Value | undefined): unknown {
  if (value instanceof Double) return value.value;
  if (value instanceof DateTime) return value.text;
  if (value instanceof Uint8Array) return { bytes: value.length };
  if (value instanceof RawValue) return undefined;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, plain(item as Value)]));
  }
  return typeof value === "bigint" ? value.toString() : value;
}

function journalRecord({ method, params, outcome, write }: CallRecord): JournalRecord {
  const fault = outcome.kind === "fault" ? { faultCode: outcome.code, faultString: outcome.message } : undefined;
  return {
    method,
    arguments: withoutSecrets(method, params).map(plain),
    status: 200,
    ...(fault === undefined ? {} : { answer: fault }),
    write: write && outcome.kind === "value",
    unmodelled: outcome.kind === "fault" && outcome.unmodelled,
  };
}

function header(request: ServiceRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

interface Claim {
  id: string | undefined;
  key: string | undefined;
  callNumber: string | undefined;
}

/** The session that a request says it belongs to: by header since koji 1.31, before that in the URL. */
function claimOf(request: ServiceRequest): Claim {
  const id = header(request, "koji-session-id");
  if (id !== undefined) {
    const callNumber = header(request, "koji-session-callnum") ?? header(request, "koji-callnum");
    return { id, key: header(request, "koji-session-key"), callNumber };
  }
  const value = (name: string): string | undefined => request.query.get(name) ?? undefined;
  return { id: value("session-id"), key: value("session-key"), callNumber: value("callnum") };
}

function encode(outcome: Outcome): string {
  return outcome.kind === "value" ? encodeResponse(outcome.value) : encodeFault(outcome.code, outcome.message);
}

function badRequest(message: string): ServiceResponse {
  const record = { method: "(no call)", arguments: [], status: 400, answer: message, write: false, unmodelled: false };
  return { ...text(400, message), records: [record] };
}

function answerHub(parts: KojiParts, request: ServiceRequest): ServiceResponse {
  if (request.method !== "POST") {
    const message = "Method Not Allowed\nThis is an XML-RPC server. Only POST requests are accepted.";
    return { ...text(405, message, "text/plain"), headers: { allow: "POST", "koji-version": KOJI_VERSION } };
  }
  if (request.body.length === 0) return badRequest("Empty request");
  let call: { method: string; params: Value[] };
  try {
    call = decodeCall(new TextDecoder("utf-8", { fatal: true }).decode(request.body));
  } catch (error) {
    if (!(error instanceof XmlError) && !(error instanceof TypeError)) throw error;
    return badRequest(`Invalid request: ${error instanceof XmlError ? error.message : "not UTF-8"}`);
  }
  const claim = claimOf(request);
  let session: Session | null;
  try {
    session = parts.sessions.find(claim.id, claim.key, claim.callNumber);
  } catch (error) {
    if (!(error instanceof KojiError)) throw error;
    const outcome: Outcome = { kind: "fault", code: error.code, message: error.message, unmodelled: false };
    const record = journalRecord({ ...call, outcome, write: false });
    return { status: 200, headers: HEADERS, body: encode(outcome), records: [record] };
  }
  const { outcome, records } = callHub(
    {
      world: parts.world(),
      session,
      sessions: parts.sessions,
      rpmFile: parts.rpmFile,
      defect: (method, error) => parts.log(`koji: ${method}: ${error instanceof Error ? error.stack : error}`),
      injected: (method) => {
        const fault = parts.faults.take("fault", "koji", method);
        return fault === undefined ? undefined : new InjectedFault(fault.code, fault.message);
      },
    },
    call.method,
    call.params,
  );
  const wrote = records.some(({ write, outcome: each }) => write && each.kind === "value");
  if (session !== null && wrote && claim.callNumber !== undefined) session.callNumber = Number(claim.callNumber);
  return { status: 200, headers: HEADERS, body: encode(outcome), records: records.map(journalRecord) };
}

class InjectedFault extends KojiError {
  override readonly code: number;
  constructor(code: number, message: string) {
    super("GenericError", message);
    this.code = code;
  }
}

/** Answers every request to the koji front end. */
export function kojiHandler(parts: KojiParts): (request: ServiceRequest) => Promise<ServiceResponse> {
  return async (request) => {
    if (HUB_PATHS.has(request.path)) return answerHub(parts, request);
    return parts.web(request) ?? serveFile(parts, request);
  };
}
