import assert from "node:assert/strict";
import { managementNetworkFile } from "../../components/management-network";

const mac = "52:54:00:00:00:01";

describe("managementNetworkFile", () => {
  it("gives a machine that is cut off no route", () => {
    assert.equal(
      managementNetworkFile(mac, undefined),
      `[Match]\nMACAddress=${mac}\n\n[Network]\nAddress=10.0.2.15/24\nLinkLocalAddressing=no\n`,
    );
  });

  it("leads a machine outside by way of the one neighbour it has, and into no private network", () => {
    const file = managementNetworkFile(mac, { nameServer: false });
    assert.match(file, /\nAddress=10\.0\.2\.15\/32\n/);
    assert.match(file, /\[Route\]\nDestination=10\.0\.2\.2\/32\nScope=link\n/);
    assert.match(file, /\[Route\]\nGateway=10\.0\.2\.2\n/);
    for (const network of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]) {
      assert.ok(file.includes(`[Route]\nDestination=${network}\nType=blackhole\n`), network);
    }
    assert.doesNotMatch(file, /10\.0\.2\.3/);
  });

  it("reaches QEMU's name server where it may", () => {
    assert.match(managementNetworkFile(mac, { nameServer: true }), /\nDestination=10\.0\.2\.3\/32\nScope=link\n/);
  });
});
