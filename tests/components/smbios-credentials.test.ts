import assert from "node:assert/strict";
import { smbiosCredentials } from "../../components/smbios-credentials";

describe("smbiosCredentials", () => {
  const credentials = smbiosCredentials({
    publicKey: "ssh-ed25519 AAAA someone",
    management: { mac: "52:54:00:00:00:01" },
    outbound: undefined,
    segment: { mac: "52:54:00:00:00:02", address: "192.168.157.11", prefixLength: 24 },
    hosts: [
      { hostName: "infra", address: "192.168.157.10" },
      { hostName: "autoqa", address: "192.168.157.11" },
    ],
  });
  const [, encoded = ""] = (credentials[1] ?? "").split("tmpfiles.extra=");
  const lines = Buffer.from(encoded, "base64").toString().trimEnd().split("\n");

  it("lets the key in", () => {
    assert.equal(credentials[0], "io.systemd.credential:ssh.authorized_keys.root=ssh-ed25519 AAAA someone");
  });

  it("writes one tmpfiles.d line a file, line feeds escaped", () => {
    assert.deepEqual(lines, [
      "f /etc/hosts 0644 root root - 127.0.0.1 localhost\\n192.168.157.10 infra\\n192.168.157.11 autoqa\\n",
      "f /etc/systemd/network/10-management.network 0644 root root - " +
        "[Match]\\nMACAddress=52:54:00:00:00:01\\n\\n[Network]\\nAddress=10.0.2.15/24\\nLinkLocalAddressing=no\\n",
      "f /etc/systemd/network/20-segment.network 0644 root root - " +
        "[Match]\\nMACAddress=52:54:00:00:00:02\\n\\n[Network]\\nAddress=192.168.157.11/24\\nLinkLocalAddressing=no\\n",
    ]);
  });
});
