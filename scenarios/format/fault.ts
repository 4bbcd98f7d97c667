/**
 * Faults that a scenario injects into the mock infrastructure: the body of the control API's `POST /faults`, and with
 * `action: fault` beside it a scenario's action.
 */
import { z } from "zod";

const service = z.enum(["koji", "bodhi", "resultsdb"]);

/** How often the fault strikes; without it, until faults are cleared. */
const times = z.int().positive().optional();
/** Only requests whose path or hub method contains this; `*` matches anything. */
const match = z.string().min(1).optional();

export const FaultSpec = z.discriminatedUnion("kind", [
  /** koji's hub answers an XML-RPC fault, by default 1014 ServerOffline. */
  z.strictObject({
    kind: z.literal("fault"),
    service: z.literal("koji").default("koji"),
    code: z.int().default(1014),
    message: z.string().default("server is offline"),
    match,
    times,
  }),
  /** The front end answers an HTTP error, by default 500. */
  z.strictObject({
    kind: z.literal("http"),
    service,
    code: z.int().min(400).max(599).default(500),
    message: z.string().optional(),
    match,
    times,
  }),
  /** The answer is late. */
  z.strictObject({ kind: z.literal("delay"), service, seconds: z.number().positive().max(600), match, times }),
  /** The connection is closed without an answer. */
  z.strictObject({ kind: z.literal("drop"), service, match, times }),
  /** A download of an RPM (or any file whose path matches) ends early. */
  z.strictObject({
    kind: z.literal("truncate"),
    service: z.literal("koji").default("koji"),
    bytes: z.int().nonnegative().default(100),
    match,
    times,
  }),
  /** A repository's repomd.xml names metadata that is not there. */
  z.strictObject({ kind: z.literal("halfRepository"), service: z.literal("koji").default("koji"), match, times }),
  /** bodhi answers `{}` with status 200. */
  z.strictObject({ kind: z.literal("empty"), service: z.literal("bodhi").default("bodhi"), match, times }),
]);

export type FaultSpec = z.infer<typeof FaultSpec>;
