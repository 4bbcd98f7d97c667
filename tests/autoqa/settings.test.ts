import assert from "node:assert/strict";
import { readClientSettings, readServerSettings } from "../../autoqa/settings";

const complete = {
  AUTOQA_KOJI_HUB_URL: "http://infra:7001/kojihub/",
  AUTOQA_KOJI_FILES_URL: "http://infra:7001/kojifiles",
  AUTOQA_BODHI_URL: "http://infra:7002/",
  AUTOQA_LISTEN: "0.0.0.0:8080",
  AUTOQA_PUBLIC_URL: "http://autoqa:8080",
  AUTOQA_STATE_DIRECTORY: "/var/lib/autoqa",
  AUTOQA_POLL_SECONDS: "1.5",
  AUTOQA_CLIENT_TOKEN: "t",
};

describe("AutoQA's settings", () => {
  it("come from the environment", () => {
    const settings = readServerSettings(complete);
    assert.equal(settings.AUTOQA_KOJI_HUB_URL, "http://infra:7001/kojihub");
    assert.deepEqual(settings.AUTOQA_LISTEN, { host: "0.0.0.0", port: 8080 });
    assert.equal(settings.AUTOQA_POLL_SECONDS, 1.5);
    assert.equal(settings.AUTOQA_RESULTSDB_URL, undefined);
  });

  it("name every variable that is missing or wrong, at once", () => {
    const { AUTOQA_BODHI_URL: _, ...rest } = complete;
    assert.throws(
      () => readServerSettings({ ...rest, AUTOQA_POLL_SECONDS: "soon", AUTOQA_KOJI_HUB_URL: "infra" }),
      (error: Error) =>
        ["AUTOQA_BODHI_URL is not set", "AUTOQA_POLL_SECONDS: ", "AUTOQA_KOJI_HUB_URL: "].every((text) =>
          error.message.includes(text),
        ),
    );
  });

  it("want the account at bodhi whole or not at all", () => {
    for (const [given, missing] of [
      ["AUTOQA_BODHI_USERNAME", "AUTOQA_BODHI_PASSWORD"],
      ["AUTOQA_BODHI_PASSWORD", "AUTOQA_BODHI_USERNAME"],
    ] as const) {
      assert.throws(() => readServerSettings({ ...complete, [given]: "x" }), new RegExp(`${missing} is not set`));
    }
  });

  it("of a client have its labels as a list", () => {
    const settings = readClientSettings({
      AUTOQA_SERVER_URL: "http://autoqa:8080",
      AUTOQA_CLIENT_NAME: "client1",
      AUTOQA_CLIENT_LABELS: "noarch, i386,,x86_64",
      AUTOQA_CLIENT_TOKEN: "t",
      AUTOQA_STATE_DIRECTORY: "/var/lib/autoqa",
    });
    assert.deepEqual(settings.AUTOQA_CLIENT_LABELS, ["noarch", "i386", "x86_64"]);
  });

  it("refuse a client name that is a path", () => {
    assert.throws(() => readClientSettings({ AUTOQA_CLIENT_NAME: "../x" }), /AUTOQA_CLIENT_NAME: must be/);
  });
});
