/** The control API: one for all services. Its OpenAPI document is at `/openapi.json`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { Action } from "../../scenarios/format/action";
import { FaultSpec } from "../../scenarios/format/fault";
import type { Infrastructure } from "../infrastructure";
import { sameSecret } from "../koji/sessions";
import { API_PATH, resultView } from "../resultsdb/views";
import { emptyWorld, SituationError } from "../world/load";
import { fromIso, SECOND, toIso } from "../world/time";
import { ActionError, doAction, requireTime } from "./actions";
import { counts, loadUpload, stopAll } from "./load";
import { Clock, Counts, Entry, ErrorBody, NotSettled, Posts, Settled, SettleRequest } from "./schemas";
import { settle } from "./settle";
import { SupervisorError, type Supervisors } from "./supervisors";
import { jsonPath, UploadError } from "./upload";

export interface ControlParts {
  readonly infrastructure: Infrastructure;
  readonly supervisors: Supervisors;
  /** AutoQA's own status, for settling. */
  readonly autoqaStatusUrl: string | undefined;
  readonly log: (message: string) => void;
}

/** Results in posts name themselves by this address, whatever the real one is, so that posts do not differ between deploys. */
const POSTS_BASE = `http://resultsdb${API_PATH}`;
const JSON_LIMIT = 4 * 1024 * 1024;

type Refusal = { error: { message: string; path?: string } };

function refusal(message: string, path?: string | null): Refusal {
  return { error: path ? { message, path } : { message } };
}

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { "application/json": { schema } },
  description,
});

const errors = {
  400: json(ErrorBody, "The request is not understood; nothing was changed"),
  401: json(ErrorBody, "The token is missing or wrong"),
  413: json(ErrorBody, "The body is too large"),
  415: json(ErrorBody, "The body is not of the type that is asked for"),
  422: json(ErrorBody, "The request contradicts itself or the situation; nothing was changed"),
  502: json(ErrorBody, "A supervisor did not do what it was told"),
} as const;

const security = [{ token: [] }];

const body = <T extends z.ZodType>(schema: T) => ({
  body: { content: { "application/json": { schema } }, required: true },
});

const ROUTES = {
  health: createRoute({
    method: "get",
    path: "/health",
    summary: "Whether everything serves; needs no token",
    responses: { 200: json(z.object({ status: z.literal("ok") }), "Everything serves") },
  }),
  putSituation: createRoute({
    method: "put",
    path: "/situation",
    security,
    summary: "Load a situation: a tar of situation.json and rpms/<sha256>. All of it or nothing",
    request: {
      body: { content: { "application/x-tar": { schema: z.string().openapi({ format: "binary" }) } }, required: true },
    },
    responses: {
      200: json(Counts, "It is loaded; counts of what it holds"),
      ...errors,
    },
  }),
  reset: createRoute({
    method: "post",
    path: "/reset",
    security,
    summary: "Empty the world",
    responses: { 200: json(Counts, "It is empty"), ...errors },
  }),
  posts: createRoute({
    method: "get",
    path: "/posts",
    security,
    summary: "Everything posted since the load, in order",
    responses: { 200: json(Posts, "The posts"), 401: errors[401] },
  }),
  journal: createRoute({
    method: "get",
    path: "/journal",
    security,
    summary: "Every request since the load, in order",
    request: { query: z.object({ after: z.coerce.number().int().nonnegative().optional() }) },
    responses: { 200: json(z.array(Entry), "Entries after that sequence number"), 400: errors[400], 401: errors[401] },
  }),
  clock: createRoute({
    method: "get",
    path: "/clock",
    security,
    summary: "The scenario's clock",
    responses: { 200: json(Clock, "The clock"), 401: errors[401] },
  }),
  putClock: createRoute({
    method: "put",
    path: "/clock",
    security,
    summary: "Set the scenario's clock, also for the system under test",
    request: body(Clock),
    responses: { 200: json(Clock, "The clock as it is now"), ...errors },
  }),
  advanceClock: createRoute({
    method: "post",
    path: "/clock/advance",
    security,
    summary: "Let time pass, also for the system under test",
    request: body(z.object({ seconds: z.number().positive() })),
    responses: { 200: json(Clock, "The clock as it is now"), ...errors },
  }),
  action: createRoute({
    method: "post",
    path: "/actions",
    security,
    summary: "One action of a scenario's step",
    request: body(Action),
    responses: { 200: json(z.object({ done: z.literal(true) }), "It is done"), ...errors },
  }),
  faults: createRoute({
    method: "get",
    path: "/faults",
    security,
    summary: "Faults that are in effect",
    responses: { 200: json(z.array(FaultSpec), "The faults"), 401: errors[401] },
  }),
  injectFault: createRoute({
    method: "post",
    path: "/faults",
    security,
    summary: "Inject a fault",
    request: body(FaultSpec),
    responses: { 200: json(z.array(FaultSpec), "The faults in effect"), ...errors },
  }),
  clearFaults: createRoute({
    method: "delete",
    path: "/faults",
    security,
    summary: "End every fault",
    responses: { 200: json(z.array(FaultSpec), "None"), 401: errors[401] },
  }),
  settle: createRoute({
    method: "post",
    path: "/settle",
    security,
    summary: "Wait until the system under test has nothing left to do",
    request: body(SettleRequest),
    responses: { 200: json(Settled, "It has settled"), 504: json(NotSettled, "It has not, and why"), ...errors },
  }),
} as const;

/** Loads one at a time. */
class Loader {
  #busy: Promise<unknown> = Promise.resolve();

  run<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#busy.then(act, act);
    this.#busy = next.catch(() => undefined);
    return next;
  }
}

function posts({ world, results, keptComments }: Infrastructure): z.infer<typeof Posts> {
  const { bodhi } = world;
  const kept = (keptComments?.all ?? []).map(({ update, author, text, karma, email, at }) => ({
    ...{ update, author, text, karma, email, at: toIso(at) },
  }));
  return {
    results: results.allResults().map((row) => resultView(row, POSTS_BASE) as Record<string, unknown>),
    comments: kept.concat(
      bodhi.comments
        .filter(({ origin }) => origin === "client")
        .map(({ update, author, text, karma, email, at }) => ({
          update: update.alias,
          author,
          text,
          karma,
          email,
          at: toIso(at),
        })),
    ),
    mail: bodhi.mail.map((mail) => ({ ...mail, at: toIso(mail.at) })),
  };
}

async function moveClock({ infrastructure, supervisors }: ControlParts, clock: number): Promise<z.infer<typeof Clock>> {
  requireTime(clock);
  requireTime(clock);
  infrastructure.world.clock = clock;
  await supervisors.setClock(clock);
  return { now: toIso(clock) };
}

export function controlApp(parts: ControlParts): OpenAPIHono {
  const { infrastructure } = parts;
  const loader = new Loader();
  const app = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const [issue] = result.error.issues;
      return context.json(refusal(issue?.message ?? "not understood", jsonPath(issue?.path ?? [])), 400);
    },
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  app.use(async (context, next) => {
    const { path } = context.req;
    if (path === "/health" || path === "/openapi.json") return next();
    const given = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
    if (!sameSecret(given, infrastructure.secrets.controlToken)) {
      return context.json(refusal("the control token is missing or wrong"), 401);
    }
    return next();
  });
  app.use(async (context, next) => {
    if (context.req.path === "/situation") return next();
    const tooLarge = (each: Context) => each.json(refusal(`the body is larger than ${JSON_LIMIT} bytes`), 413);
    return bodyLimit({ maxSize: JSON_LIMIT, onError: tooLarge })(context, next);
  });
  app.notFound((context) => context.json(refusal(`there is no ${context.req.method} ${context.req.path}`), 404));
  app.onError((error, context) => {
    if (error instanceof UploadError) return context.json(refusal(error.message, error.path), error.status);
    if (error instanceof SituationError)
      return context.json(refusal(error.problems[0]?.message ?? error.message, error.problems[0]?.path), 422);
    if (error instanceof ActionError) return context.json(refusal(error.message, error.path), 422);
    if (error instanceof HTTPException) return context.json(refusal(error.message), error.status);
    if (error instanceof SupervisorError) return context.json(refusal(error.message), 502);
    if (error instanceof SyntaxError || error.message.startsWith("Malformed JSON"))
      return context.json(refusal("the body is not JSON"), 400);
    parts.log(`control: ${context.req.method} ${context.req.path}: ${error}`);
    return context.json(refusal("internal error"), 500);
  });

  app.openapi(ROUTES.health, (context) => context.json({ status: "ok" as const }, 200));
  app.openapi(ROUTES.putSituation, async (context) => {
    const { body: stream } = context.req.raw;
    if (stream === null) throw new UploadError(400, "the request has no body; send a tar archive");
    const load = () => loadUpload(infrastructure, parts.supervisors, stream as unknown as AsyncIterable<Uint8Array>);
    return context.json(await loader.run(load), 200);
  });
  app.openapi(ROUTES.reset, async (context) => {
    await loader.run(async () => {
      await stopAll(parts.supervisors);
      infrastructure.replaceWorld(emptyWorld(infrastructure.world.clock), undefined);
      await parts.supervisors.start();
    });
    return context.json(counts(infrastructure, "", 0), 200);
  });
  app.openapi(ROUTES.posts, (context) => context.json(posts(infrastructure), 200));
  app.openapi(ROUTES.journal, (context) => {
    const { after = 0 } = context.req.valid("query");
    return context.json([...infrastructure.journal.after(after)] as z.infer<typeof Entry>[], 200);
  });
  app.openapi(ROUTES.clock, (context) => context.json({ now: toIso(infrastructure.world.clock) }, 200));
  app.openapi(ROUTES.putClock, async (context) =>
    context.json(await moveClock(parts, fromIso(context.req.valid("json").now)), 200),
  );
  app.openapi(ROUTES.advanceClock, async (context) => {
    const { seconds } = context.req.valid("json");
    return context.json(await moveClock(parts, infrastructure.world.clock + Math.round(seconds * SECOND)), 200);
  });
  app.openapi(ROUTES.action, async (context) => {
    const action = context.req.valid("json");
    const before = infrastructure.world.clock;
    doAction(infrastructure, action);
    if (infrastructure.world.clock !== before) await parts.supervisors.setClock(infrastructure.world.clock);
    return context.json({ done: true as const }, 200);
  });
  app.openapi(ROUTES.faults, (context) => context.json(infrastructure.faults.active, 200));
  app.openapi(ROUTES.injectFault, (context) => {
    infrastructure.faults.inject(context.req.valid("json"));
    return context.json(infrastructure.faults.active, 200);
  });
  app.openapi(ROUTES.clearFaults, (context) => {
    infrastructure.faults.clear();
    return context.json([], 200);
  });
  app.openapi(ROUTES.settle, async (context) => {
    const { timeoutSeconds } = context.req.valid("json");
    if (parts.autoqaStatusUrl === undefined) {
      throw new ActionError("no AutoQA status URL was given to this process (--autoqa-status-url)");
    }
    const target = {
      statusUrl: parts.autoqaStatusUrl,
      writes: () => infrastructure.journal.writes,
      givenUp: () => parts.supervisors.givenUp(),
    };
    const outcome = await settle(target, timeoutSeconds);
    if (outcome.settled) return context.json({ settled: true as const, looks: outcome.looks }, 200);
    return context.json(outcome, 504);
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Mock infrastructure control API",
      version: "1",
      description:
        "Loads situations into the mock koji, bodhi and ResultsDB, and tells what was asked of and posted to them.",
    },
  });
  return app;
}
