import { status } from "@grpc/grpc-js";
import { UserError } from "../wire/errors";

/** What a failed virsh command means for us. */
export type VirshErrorKind =
  | "cannotConnect"
  | "notFound"
  | "alreadyExists"
  | "permission"
  | "noSpace"
  | "busy"
  | "notActive"
  | "alreadyActive"
  | "portTaken"
  | "other";

/**
 * Patterns of virsh's and libvirt's English messages (src/util/virerror.c, tools/virsh-*.c in libvirt/libvirt), most
 * telling first.
 */
const PATTERNS: readonly (readonly [VirshErrorKind, RegExp])[] = [
  [
    "permission",
    /authentication (?:unavailable|failed)|access denied|Failed to connect socket to '[^']*': Permission denied/i,
  ],
  [
    "cannotConnect",
    /failed to connect to the hypervisor|Failed to connect socket|unable to connect to server|Cannot recv data|End of file while reading data|client socket is closed|Disconnected from .* due to/i,
  ],
  ["portTaken", /Could not set up host forwarding rule/i],
  ["noSpace", /No space left on device|Disk quota exceeded/i],
  [
    "busy",
    /has asynchronous jobs running|is still in use|cannot acquire state change lock|being built|being allocated/i,
  ],
  ["notFound", /(?:Domain|Network|Storage pool|Storage volume) not found|failed to get (?:domain|network|pool|vol) '/i],
  [
    "alreadyExists",
    /already exists|exists already|already in use by|is already defined|Storage source conflict|already active as/i,
  ],
  ["alreadyActive", /already active|already running/i],
  ["notActive", /is not active|is not running/i],
];

export function classify(stderr: string): VirshErrorKind {
  return PATTERNS.find(([, pattern]) => pattern.test(stderr))?.[0] ?? "other";
}

/** libvirt's own words, without virsh's prefixes and repeated lines. */
export function wordsOf(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.replace(/^error: /, "").trim())
    .filter((line) => line !== "");
  return [...new Set(lines)].join(": ");
}

/** A virsh command that failed. Its message is for users; callers add what they were about to do. */
export class VirshError extends UserError {
  constructor(
    readonly kind: VirshErrorKind,
    readonly words: string,
    uri: string,
  ) {
    super(messageFor(kind, words, uri), kind === "cannotConnect" ? status.FAILED_PRECONDITION : status.ABORTED);
    this.name = "VirshError";
  }
}

function messageFor(kind: VirshErrorKind, words: string, uri: string): string {
  switch (kind) {
    case "cannotConnect":
      return `libvirt does not answer at ${uri} (${words}); start it there, or run "npm run setup" for this machine`;
    case "permission":
      return `libvirt at ${uri} refuses access (${words}); run as root or as a member of the group libvirt`;
    default:
      return words;
  }
}

export function isVirshError(error: unknown, ...kinds: VirshErrorKind[]): error is VirshError {
  return error instanceof VirshError && kinds.includes(error.kind);
}

/** Whether the pool itself is missing or not active, not something in it. */
export function isPoolMissing(error: unknown): boolean {
  return (
    isVirshError(error, "notFound", "notActive") &&
    /failed to get pool |Storage pool not found|pool '[^']*' is not active/.test(error.words)
  );
}
