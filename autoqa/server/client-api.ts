/** The server's interface for test clients. */
import { createHash, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import * as z from "zod";
import { TestResult } from "../tests/run";
import { type Dispatcher, holderOf } from "./dispatcher";

const name = z.string().min(1).max(200);

/** What a client asks for a job with. */
export const ClaimRequest = z.object({
  name,
  start: name.regex(/^[^/]+$/),
  slot: z.int().nonnegative(),
  labels: z.array(name),
});

export const FinishRequest = z.object({ results: z.array(TestResult) });

/** The server answers a claim after this long at the latest, with 204 if there is no job. */
const claimWaitMilliseconds = 20_000;

export function createClientApi(dispatcher: Dispatcher, token: string): Hono {
  const app = new Hono();
  const expected = digest(`Bearer ${token}`);
  const holderIn = (header: string | undefined) => header ?? "";

  app.use(async (c, next) => {
    if (!timingSafeEqual(digest(c.req.header("authorization") ?? ""), expected)) {
      return c.json({ error: { message: "The client token is missing or wrong." } }, 401);
    }
    return next();
  });
  app.post("/claim", async (c) => {
    const claim = ClaimRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!claim.success) return c.json({ error: { message: z.prettifyError(claim.error) } }, 400);
    const withdraw = () => dispatcher.withdraw(holderOf(claim.data));
    c.req.raw.signal.addEventListener("abort", withdraw, { once: true });
    const assignment = await dispatcher.claim(claim.data, claimWaitMilliseconds);
    return assignment === undefined ? c.body(null, 204) : c.json(assignment);
  });
  app.post("/jobs/:number/heartbeat", (c) => {
    const isOwned = dispatcher.heartbeat(Number(c.req.param("number")), holderIn(c.req.header("x-autoqa-holder")));
    return c.body(null, isOwned ? 204 : 409);
  });
  app.put("/jobs/:number/log", async (c) => {
    const content = new Uint8Array(await c.req.arrayBuffer());
    const holder = holderIn(c.req.header("x-autoqa-holder"));
    const isOwned = await dispatcher.storeLog(Number(c.req.param("number")), holder, content);
    return c.body(null, isOwned ? 204 : 409);
  });
  app.post("/jobs/:number/finish", async (c) => {
    const body = FinishRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: { message: z.prettifyError(body.error) } }, 400);
    const holder = holderIn(c.req.header("x-autoqa-holder"));
    const isOwned = dispatcher.finish(Number(c.req.param("number")), holder, body.data.results);
    return c.body(null, isOwned ? 204 : 409);
  });
  return app;
}

/** Digests have equal length, which a constant-time comparison needs. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
