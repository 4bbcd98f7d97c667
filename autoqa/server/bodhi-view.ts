/**
 * What tests read of bodhi, where AutoQA keeps its comments itself (stage 1): bodhi's answers with these among them, in
 * the forms that AutoQA's own client of bodhi asks for.
 */
import { Hono } from "hono";
import type { LocallyCommentedBodhi } from "../bodhi/local-comments";
import { Unreachable } from "../http/request";

/** Below the server's address, which a test client knows by its own settings. */
export const bodhiViewPath = "/bodhi";

export function createBodhiView(bodhi: LocallyCommentedBodhi): Hono {
  const app = new Hono();
  app.get("/releases/", async (c) => c.json({ releases: await bodhi.releases(), pages: 1 }));
  app.post("/get_updates_from_builds", async (c) => {
    const { builds } = await c.req.parseBody();
    const nvrs = String(builds ?? "")
      .split(" ")
      .filter((nvr) => nvr !== "");
    return c.json(Object.fromEntries(await bodhi.updatesOfBuilds(nvrs)));
  });
  app.onError((error, c) => {
    // To a test it is bodhi that is away, and so is the outcome: ABORTED.
    if (error instanceof Unreachable) return c.json({ error: { message: error.message } }, 503);
    throw error;
  });
  return app;
}
