import assert from "node:assert/strict";
import { fromMachine, outboundTo, Production } from "../../stacks/production";

const production = (urls: Partial<Production>): Production => ({
  kojiHubUrl: "http://127.0.0.1:7001/kojihub",
  kojiFilesUrl: "http://localhost:7001/kojifiles",
  bodhiUrl: "http://[::1]:7002/",
  pollSeconds: 300,
  ...urls,
});

describe("fromMachine", () => {
  it("finds the hypervisor's loopback at QEMU's address for it", () => {
    for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"]) {
      assert.equal(fromMachine(`http://${host}:7001/kojihub?a=b`), "http://10.0.2.2:7001/kojihub?a=b", host);
    }
  });

  it("leaves other addresses as they are", () => {
    assert.equal(fromMachine("https://koji.example.org/kojihub"), "https://koji.example.org/kojihub");
    assert.equal(fromMachine("http://localhost.example.org/"), "http://localhost.example.org/");
  });
});

describe("outboundTo", () => {
  it("needs a name server only where production is called by a name", () => {
    assert.deepEqual(outboundTo(production({})), { nameServer: false });
    assert.deepEqual(outboundTo(production({ bodhiUrl: "http://192.0.2.7/" })), { nameServer: false });
    assert.deepEqual(outboundTo(production({ reposUrl: "https://dl.example.org/" })), { nameServer: true });
  });
});

describe("Production", () => {
  it("refuses what is on a private network, which machines do not reach", () => {
    for (const host of ["10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "100.64.1.1"]) {
      const parsed = Production.safeParse(production({ bodhiUrl: `http://${host}/` }));
      assert.match(parsed.error?.issues[0]?.message ?? "", /on a private network.*ssh -L/, host);
    }
    assert.ok(Production.safeParse(production({ bodhiUrl: "http://172.32.0.1/" })).success);
  });

  it("is read by the Node of whoever runs Pulumi's CLI, too: 20 has no URL.parse", () => {
    const { parse } = URL;
    Reflect.deleteProperty(URL, "parse");
    try {
      assert.ok(Production.safeParse(production({})).success);
      assert.equal(Production.safeParse(production({ bodhiUrl: "bodhi" })).success, false);
    } finally {
      URL.parse = parse;
    }
  });

  it("refuses what is no http URL", () => {
    for (const bodhiUrl of ["ftp://bodhi.example.org/", "bodhi.example.org", ""]) {
      assert.equal(Production.safeParse(production({ bodhiUrl })).success, false, bodhiUrl);
    }
  });
});
