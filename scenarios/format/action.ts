/**
 * What may happen between two looks at AutoQA: the actions of a scenario's step. They are the bodies of the control
 * API's `POST /actions`, so a scenario and a person with curl say the same thing.
 */
import { z } from "zod";
import { FaultSpec } from "./fault";

const name = z.string().min(1);
const update = name.describe("The update's alias");
const build = name.describe("The build's name-version-release");

const injected = { action: z.literal("fault") };
const [hubFault, http, delay, drop, truncate, halfRepository, empty] = FaultSpec.options;
/** Something goes wrong in the infrastructure, until faults are cleared or as often as it says. */
const FaultAction = z.discriminatedUnion("kind", [
  hubFault.extend(injected).describe("koji's hub answers an XML-RPC fault"),
  http.extend(injected).describe("The service answers an HTTP error"),
  delay.extend(injected).describe("The service's answers are late"),
  drop.extend(injected).describe("The service closes connections without an answer"),
  truncate.extend(injected).describe("Downloads from koji end early"),
  halfRepository.extend(injected).describe("Repositories name metadata that is not there"),
  empty.extend(injected).describe("bodhi answers {} with HTTP 200"),
]);

export const Action = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("tagBuild"), build, tag: name }).describe("koji tag-build"),
  z.strictObject({ action: z.literal("untagBuild"), build, tag: name }).describe("koji untag-build"),
  z.strictObject({ action: z.literal("deleteBuild"), build }).describe("The build becomes DELETED, its files go"),
  z
    .strictObject({
      action: z.literal("requestUpdate"),
      update,
      request: z.enum(["testing", "stable", "unpush", "obsolete", "revoke"]),
    })
    .describe("The submitter requests a push; bodhi moves the pending tags"),
  z
    .strictObject({
      action: z.literal("editUpdate"),
      update,
      builds: z.array(build).min(1).optional(),
      notes: z.string().optional(),
    })
    .describe("The submitter edits the update; changed builds are retagged"),
  z
    .strictObject({
      action: z.literal("commentUpdate"),
      update,
      author: name,
      text: z.string(),
      karma: z.int().min(-1).max(1).default(0),
    })
    .describe("Somebody comments on the update"),
  z
    .strictObject({ action: z.literal("push"), request: z.enum(["testing", "stable"]), release: name.optional() })
    .describe("The masher pushes what is requested and regenerates the repositories"),
  z
    .strictObject({ action: z.literal("advanceClock"), seconds: z.int().positive() })
    .describe("Time passes, for the infrastructure and AutoQA alike"),
  FaultAction,
  z.strictObject({ action: z.literal("clearFaults") }).describe("Every injected fault ends"),
]);
export type Action = z.infer<typeof Action>;
