import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archivePosts } from "../../verify/archive/archive";
import { type FakeEnvironment, fakeEnvironment } from "./fake-environment";

describe("archivePosts", () => {
  let scratch: string;
  let environment: FakeEnvironment;

  beforeEach(async () => {
    scratch = mkdtempSync(join(tmpdir(), "archive-"));
    environment = await fakeEnvironment();
  });
  afterEach(async () => {
    await environment.close();
    rmSync(scratch, { recursive: true });
  });

  const archive = (over: { url?: string; token?: string; directory?: string } = {}) => {
    const { control, controlToken = "" } = environment.outputs;
    const { url = control?.url ?? "", token = controlToken, directory = join(scratch, "archive") } = over;
    return archivePosts({ control: { url, token }, directory, name: "lab-0badcafe", timeoutSeconds: 5 });
  };

  it("keeps everything that was posted", async () => {
    const comment = { update: "U-1", author: "autoqa", text: "rpmlint test FAILED", karma: 0, email: false };
    environment.posts = { results: [], comments: [comment], mail: [] };
    assert.match(await archive(), /^0 results, 1 comments and 0 mails are archived in .*lab-0badcafe\.json$/);
    const kept = JSON.parse(readFileSync(join(scratch, "archive/lab-0badcafe.json"), "utf8")) as object;
    assert.deepEqual(kept, environment.posts);
  });

  it("writes nothing where nothing was posted", async () => {
    environment.posts = { results: [], comments: [], mail: [] };
    assert.match(await archive(), /nothing was posted/);
    assert.deepEqual(readdirSync(scratch), []);
  });

  it("is not in the way of the next deploy where nobody answers, or somebody else does", async () => {
    assert.match(await archive({ url: "http://127.0.0.1:9" }), /^nothing archived: .*can't be reached/);
    assert.match(await archive({ token: "of another deploy" }), /^nothing archived: .*refused the token/);
  });

  it("ends the deploy where what was posted can't be kept", async () => {
    environment.posts = { results: [], comments: [], mail: [{ to: "a@example.org", subject: "AutoQA" }] };
    const file = join(scratch, "file");
    writeFileSync(file, "");
    await assert.rejects(archive({ directory: file }), /EEXIST|ENOTDIR/);
  });
});
