/** The supervisor's HTTP interface: what the control API uses to give every scenario a pristine system under test. */
import { createHash, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import * as z from "zod";
import { writeOffset } from "./clock";
import { healthOf } from "./health";
import type { Supervised } from "./supervised";
import type { LogFile } from "./tail";

const Clock = z.strictObject({ offsetSeconds: z.number().finite() });

export interface AppOptions {
  supervised: Supervised;
  log: LogFile;
  controlToken: string;
  /** Present where libfaketime is: the file that the program's clock follows. */
  clockFile?: string | undefined;
  /** Where the program says that it works. */
  healthUrl?: string | undefined;
}

export function createApp(options: AppOptions): Hono {
  const { supervised, log } = options;
  const app = new Hono();
  const expected = digest(`Bearer ${options.controlToken}`);

  app.get("/health", async (c) => {
    const { status, reason } = await healthOf(supervised, options.healthUrl);
    return c.json({ status: reason }, status);
  });
  app.use(async (c, next) => {
    if (!timingSafeEqual(digest(c.req.header("authorization") ?? ""), expected)) {
      return c.json({ error: { message: "The control token is missing or wrong (Authorization: Bearer …)." } }, 401);
    }
    return next();
  });
  app.get("/status", (c) => c.json(supervised.status()));
  app.get("/log", (c) => c.text(log.read()));
  app.post("/stop", async (c) => {
    await supervised.stop({ wipe: true });
    return c.json(supervised.status());
  });
  app.post("/start", async (c) => {
    await supervised.start();
    return c.json(supervised.status());
  });
  app.put("/clock", async (c) => {
    const body = Clock.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: { message: 'The body must be {"offsetSeconds": number}.' } }, 400);
    if (options.clockFile === undefined) return c.json({ applied: false });
    writeOffset(options.clockFile, body.data.offsetSeconds);
    return c.json({ applied: true });
  });
  app.notFound((c) => c.json({ error: { message: `No such call: ${c.req.method} ${c.req.path}` } }, 404));
  app.onError((error, c) => c.json({ error: { message: error.message } }, 500));
  return app;
}

/** Digests have equal length, which a constant-time comparison needs. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
