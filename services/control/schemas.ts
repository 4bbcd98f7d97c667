/** Bodies and answers of the control API, as its OpenAPI document shows them. */
import { z } from "@hono/zod-openapi";

export const ErrorBody = z
  .object({
    error: z.object({
      message: z.string(),
      /** Place in the document that was sent. */
      path: z.string().optional(),
    }),
  })
  .openapi("Error");

export const Counts = z
  .object({
    name: z.string(),
    releases: z.int(),
    tags: z.int(),
    builds: z.int(),
    rpms: z.int(),
    files: z.int(),
    updates: z.int(),
  })
  .openapi("Counts");

export const Comment = z
  .object({
    update: z.string().openapi({ description: "The update's alias" }),
    author: z.string(),
    text: z.string().openapi({ description: "As bodhi stored it" }),
    karma: z.int(),
    email: z.boolean().openapi({ description: "Whether the poster wanted mail to be sent" }),
    at: z.string().openapi({ description: "Scenario time" }),
  })
  .openapi("Comment");

export const Mail = z.object({ to: z.string(), subject: z.string(), body: z.string(), at: z.string() }).openapi("Mail");

export const Posts = z
  .object({
    results: z.array(z.record(z.string(), z.unknown())).openapi({ description: "ResultsDB v2 results, in order" }),
    comments: z.array(Comment),
    mail: z.array(Mail),
  })
  .openapi("Posts");

export const Entry = z
  .object({
    seq: z.int(),
    service: z.enum(["koji", "bodhi", "resultsdb", "control"]),
    client: z.string(),
    method: z.string(),
    arguments: z.unknown(),
    status: z.int(),
    answer: z.unknown().optional(),
    write: z.boolean(),
    unmodelled: z.boolean(),
    at: z.string().openapi({ description: "Scenario time" }),
    realTime: z.string(),
  })
  .openapi("JournalEntry");

export const Clock = z.object({ now: z.iso.datetime() }).openapi("Clock");

export const SettleRequest = z.object({ timeoutSeconds: z.number().positive().max(3600) }).openapi("SettleRequest");

const Looks = z.record(z.string(), z.object({ started: z.int(), completed: z.int() }));
export const Settled = z.object({ settled: z.literal(true), looks: Looks }).openapi("Settled");
export const NotSettled = z
  .object({
    settled: z.literal(false),
    reason: z.string(),
    final: z.boolean().openapi({ description: "Whether waiting any longer is of no use" }),
  })
  .openapi("NotSettled");
